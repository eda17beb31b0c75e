package io.github.sse4spring.webflux;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonValue;
import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.stream.SseStreamListener;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Writes of a stream to a channel of Reactor Netty.
 */
@Timeout(60)
class NettyWriteTests {

	private static final int BURST = 50;

	private static final int LARGE = 1024 * 1024;

	private ConfigurableApplicationContext context;

	private int port;

	private ChannelProbe channel;

	private Bursts bursts;

	@BeforeEach
	void start() {
		this.context = StreamApplication.run(Server.class, "spring.lifecycle.timeout-per-shutdown-phase=1h");
		this.port = StreamApplication.port(this.context);
		this.channel = this.context.getBean(ChannelProbe.class);
		this.bursts = this.context.getBean(Bursts.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/burst/other-thread", "/burst/loop", "/burst/publish-on", "/burst/decorated" })
	void burstOf50EventsCostsAFewFlushesNot50(String path) throws IOException {
		try (RawClient client = RawClient.get(this.port, path)) {
			client.readUntil("data:first\n\n");
			int before = this.channel.flushes.get();
			this.bursts.go.tryEmitEmpty();
			String expected = IntStream.range(0, BURST)
				.mapToObj((n) -> "data:" + n + "\n\n")
				.collect(Collectors.joining());
			assertThat(client.readUntil("data:" + (BURST - 1) + "\n\n")).isEqualTo(expected);
			assertThat(this.channel.flushes.get() - before).isBetween(1, 8);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/burst/other-thread", "/burst/loop", "/burst/publish-on", "/burst/decorated" })
	void batchIsOneChunkInOneBufferUnlessTheResponseIsDecorated(String path) throws IOException {
		try (RawClient client = RawClient.get(this.port, path)) {
			client.readUntil("data:first\n\n");
			this.channel.written.clear();
			this.bursts.go.tryEmitEmpty();
			client.readUntil("data:" + (BURST - 1) + "\n\n");
			String chunk = "[0-9a-f]+\r\n(data:\\d+\n\n)+\r\n";
			if (path.endsWith("decorated")) {
				assertThat(this.channel.written).hasSizeGreaterThanOrEqualTo(3)
					.noneMatch((buffer) -> buffer.matches(chunk));
			}
			else {
				assertThat(this.channel.written).isNotEmpty().allMatch((buffer) -> buffer.matches(chunk));
			}
		}
	}

	@Test
	void synchronousSourceIsOneBatch() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/burst/at-once")) {
			assertThat(EventStream.data(client.readToEnd())).hasSize(BURST);
			// One flush each for the head of the response, the batch and the last chunk.
			assertThat(this.channel.flushes.get()).isLessThanOrEqualTo(4);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/large/fused", "/large/not-fused", "/large/publish-on" })
	void clientThatNeverReadsHoldsAtMost64KiBOfALargeEventBeyondTheSocket(String path) throws Exception {
		try (RawClient client = RawClient.notReading(this.port, path)) {
			this.channel.unwritable.get(10, TimeUnit.SECONDS);
			this.channel.afterWhatIsUnderWay();
			assertThat(this.channel.maxPending.get()).isBetween(1, 64 * 1024);
			assertThat(this.bursts.encoded).hasValueLessThan(12);
			assertThat(EventStream.data(client.startReading().readToEnd())).hasSize(20);
		}
		assertThat(this.channel.maxPending.get()).isLessThanOrEqualTo(64 * 1024);
	}

	@Test
	void drainClosesTheConnectionOfAClientThatDoesNotReadTheEnd() throws Exception {
		try (RawClient client = RawClient.notReading(this.port, "/large/then-silent")) {
			this.channel.stuck.get(20, TimeUnit.SECONDS);
			assertThat(this.channel.unwritable).isNotDone();
			// Without the drain, Reactor Netty would wait for the bytes until the phase
			// times out.
			this.context.close();
			assertThat(this.bursts.ends).containsExactly(SseStreamEnd.DRAINED);
			assertThatIOException().isThrownBy(() -> client.startReading().readToEnd());
		}
	}

	@Test
	void closedConnectionCancelsASourceThatIsHeldBack() throws Exception {
		RawClient client = RawClient.notReading(this.port, "/large/not-fused");
		this.channel.unwritable.get(10, TimeUnit.SECONDS);
		client.close();
		this.bursts.cancelled.get(10, TimeUnit.SECONDS);
	}

	@Test
	void connectionIsUsedAgainAfterAStreamHasEnded() throws IOException {
		for (int i = 0; i < 3; i++) {
			try (RawClient client = RawClient.get(this.port, "/burst/at-once")) {
				assertThat(EventStream.data(client.readToEnd())).hasSize(BURST);
				assertThat(EventStream.data(client.again("/burst/at-once").readToEnd())).hasSize(BURST);
			}
		}
	}

	@Test
	void clientOfHttp10GetsAStreamWithoutChunksThatEndsWithItsConnection() throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write("GET /burst/at-once HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			String head = response.substring(0, response.indexOf("\r\n\r\n"));
			assertThat(head).containsIgnoringCase("connection: close").doesNotContainIgnoringCase("transfer-encoding");
			String body = response.substring(head.length() + 4);
			assertThat(body).startsWith(":\nretry:").endsWith("id:sse-end\n\n");
			assertThat(EventStream.data(body)).hasSize(BURST);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Bursts.class, ChannelProbe.class })
	static class Server {

		@Bean
		NettyServerCustomizer probeOnEveryChannel(ChannelProbe probe) {
			return (server) -> server.doOnConnection((connection) -> connection.channel().pipeline().addFirst(probe));
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		WebFilter decorating() {
			return (exchange, chain) -> exchange.getRequest().getPath().value().endsWith("decorated")
					? chain.filter(
							exchange.mutate().response(new ServerHttpResponseDecorator(exchange.getResponse())).build())
					: chain.filter(exchange);
		}

	}

	@RestController
	static class Bursts implements SseStreamListener {

		private final Sinks.Empty<Void> go = Sinks.empty();

		private final AtomicInteger encoded = new AtomicInteger();

		private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

		private final CompletableFuture<Void> stuck;

		private final List<SseStreamEnd> ends = new CopyOnWriteArrayList<>();

		Bursts(ChannelProbe channel) {
			this.stuck = channel.stuck;
		}

		private final Flux<SseEvent> burst = Flux.range(0, BURST).map((n) -> SseEvent.text(n.toString()));

		@Override
		public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
			this.ends.add(end);
		}

		@GetMapping("/burst/at-once")
		Flux<SseEvent> atOnce() {
			return this.burst;
		}

		/** Emits on the thread of the test. */
		@GetMapping("/burst/other-thread")
		Flux<SseEvent> otherThread() {
			return afterFirst(this.go.asMono().thenMany(this.burst.hide()));
		}

		@GetMapping("/burst/decorated")
		Flux<SseEvent> decorated() {
			return otherThread();
		}

		/** Emits on the event loop, but not because the writer requested an event. */
		@GetMapping("/burst/loop")
		Flux<SseEvent> loop() {
			return Flux.deferContextual((context) -> {
				SseStream stream = Objects.requireNonNull(SseStream.from(context));
				return afterFirst(this.go.asMono()
					.publishOn(Schedulers.fromExecutor(stream.executor()))
					.thenMany(this.burst.hide()));
			});
		}

		@GetMapping("/burst/publish-on")
		Flux<SseEvent> publishOn() {
			return afterFirst(this.go.asMono().thenMany(this.burst)).publishOn(Schedulers.parallel());
		}

		private static Flux<SseEvent> afterFirst(Flux<SseEvent> rest) {
			return Flux.merge(Mono.just(SseEvent.text("first")), rest).concatWith(Mono.never());
		}

		@GetMapping("/large/fused")
		Flux<SseEvent> largeFused() {
			return Flux.range(0, 20).map((n) -> large());
		}

		@GetMapping("/large/not-fused")
		Flux<SseEvent> largeNotFused() {
			return largeFused().hide().doOnCancel(() -> this.cancelled.complete(null));
		}

		@GetMapping("/large/publish-on")
		Flux<SseEvent> largePublishOn() {
			return largeFused().publishOn(Schedulers.parallel(), 1);
		}

		/**
		 * Fills the buffers of the kernel, and a little more, in pieces smaller than the
		 * water mark.
		 */
		@GetMapping("/large/then-silent")
		Flux<SseEvent> largeThenSilent() {
			// Small, since a late loop may put 16 pieces into one batch.
			SseEvent piece = SseEvent.text("x".repeat(256));
			return Flux.interval(Duration.ofMillis(1))
				.onBackpressureDrop()
				.takeUntilOther(Mono.fromFuture(this.stuck))
				.map((tick) -> piece)
				.concatWith(Mono.never());
		}

		/** Counts each encoding of the event. */
		private SseEvent large() {
			return SseEvent.json(new Object() {

				@JsonValue
				String value() {
					Bursts.this.encoded.incrementAndGet();
					return "x".repeat(LARGE);
				}

			});
		}

	}

	@ChannelHandler.Sharable
	static class ChannelProbe extends ChannelDuplexHandler {

		private final AtomicInteger flushes = new AtomicInteger();

		private final AtomicInteger maxPending = new AtomicInteger();

		private final List<String> written = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Void> stuck = new CompletableFuture<>();

		private final CompletableFuture<Channel> unwritable = new CompletableFuture<>();

		@Override
		public void flush(ChannelHandlerContext context) throws Exception {
			this.flushes.incrementAndGet();
			super.flush(context);
			ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
			if (buffer != null && buffer.totalPendingWriteBytes() > 12 * 1024) {
				// The socket has not taken them. A late loop may have written as much, so
				// bytes that wait before the flush say nothing.
				this.stuck.complete(null);
			}
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
			if (message instanceof ByteBuf bytes && bytes.readableBytes() < LARGE) {
				this.written.add(bytes.toString(StandardCharsets.UTF_8));
			}
			super.write(context, message, promise);
			ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
			if (buffer != null) {
				this.maxPending.accumulateAndGet((int) buffer.totalPendingWriteBytes(), Math::max);
			}
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
			if (!context.channel().isWritable()) {
				this.unwritable.complete(context.channel());
			}
			super.channelWritabilityChanged(context);
		}

		void afterWhatIsUnderWay() throws Exception {
			for (int i = 0; i < 10; i++) {
				this.unwritable.join().eventLoop().submit(() -> true).get();
			}
		}

	}

}
