package io.github.sse4spring.webflux;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.stream.SseStreamListener;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.FaultProxy;
import io.github.sse4spring.testsupport.RawClient;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What streams do when the network between them and their client does not do what it
 * should.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class FaultTests {

	private static final String LARGE = "x".repeat(1024 * 1024);

	private ConfigurableApplicationContext context;

	private FaultProxy network;

	private SseHub hub;

	private SseConnections connections;

	private Ends ends;

	@BeforeEach
	void start() throws IOException {
		this.context = StreamApplication.run(Server.class, "sse.stream.stall-timeout=2s", "sse.stream.peer-timeout=7s",
				"sse.keep-alive.max-interval=200ms", "sse.stream.retry.min=1s", "sse.stream.retry.max=5s");
		this.network = FaultProxy.to(StreamApplication.port(this.context));
		this.hub = this.context.getBean(SseHub.class);
		this.connections = this.context.getBean(SseConnections.class);
		this.ends = this.context.getBean(Ends.class);
	}

	@AfterEach
	void stop() throws IOException {
		this.network.close();
		this.context.close();
	}

	private RawClient openHubStream() throws IOException {
		RawClient client = RawClient.get(this.network.port(), "/fault/hub");
		await().until(() -> this.hub.snapshot().subscribers() == 1);
		return client;
	}

	private void awaitEnd(SseStreamEnd end) {
		await().atMost(Duration.ofSeconds(20))
			.until(() -> this.ends.counts.getOrDefault(end, 0) == 1 && this.connections.list().isEmpty()
					&& this.hub.snapshot().subscribers() == 0);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void clientThatGoesAwayIsCancelledAtOnceAndNoStackTraceIsLogged(boolean inOrder, CapturedOutput output)
			throws IOException {
		RawClient client = openHubStream();
		this.hub.publish("news", SseEvent.text("one"));
		client.readUntil("data:one\n");
		if (inOrder) {
			this.network.cut();
		}
		else {
			this.network.reset();
		}
		awaitEnd(SseStreamEnd.GONE);
		assertThat(output).doesNotContain("\tat ", "ERROR", "WARN");
		client.close();
	}

	@Test
	void clientThatGoesAwayWhileItIsWrittenToIsCancelledWithoutAStackTrace(CapturedOutput output) throws Exception {
		RawClient client = openHubStream();
		this.network.pause();
		IntStream.range(0, 100).forEach((i) -> this.hub.publish("news", SseEvent.text("x".repeat(100_000))));
		await().until(() -> this.connections.list().get(0).unwritableSince() != null);
		this.network.reset();
		awaitEnd(SseStreamEnd.GONE);
		assertThat(output).doesNotContain("\tat ", "ERROR", "WARN");
		client.close();
	}

	@Test
	void bytesThatComeOneAtATimeAreStillWholeEvents() throws IOException {
		this.network.oneByteAtATime();
		try (RawClient client = RawClient.get(this.network.port(), "/fault/hundred")) {
			assertThat(EventStream.data(client.readToEnd()))
				.isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList());
		}
	}

	@Test
	void largeEventOnASlowLineIsNotAStall() throws IOException {
		this.network.throttle(150_000);
		try (RawClient client = RawClient.get(this.network.port(), "/fault/large")) {
			assertThat(EventStream.data(client.readToEnd())).containsExactly(LARGE);
		}
		awaitEnd(SseStreamEnd.COMPLETED);
	}

	@Test
	void clientThatTakesNothingIsClosed() throws IOException {
		RawClient client = openHubStream();
		this.network.pause();
		IntStream.range(0, 100).forEach((i) -> this.hub.publish("news", SseEvent.text("x".repeat(100_000))));
		await().until(() -> this.connections.list().get(0).lag() > 0);
		awaitEnd(SseStreamEnd.STALLED);
		client.close();
	}

	@Test
	void clientThatStandsStillForAWhileMissesNothingThatItsBufferHolds() throws IOException {
		RawClient client = openHubStream();
		this.network.pause();
		IntStream.range(0, 200).forEach((i) -> this.hub.publish("news", SseEvent.text(i + " " + "x".repeat(10_000))));
		await().until(() -> this.connections.list().get(0).unwritableSince() != null);
		this.network.resume();
		// An event counts from its blank line on.
		String seen = client.readUntil("data:199 ") + client.readUntil("\n\n");
		assertThat(EventStream.data(seen)).extracting((data) -> data.split(" ")[0])
			.isEqualTo(IntStream.range(0, 200).mapToObj(Integer::toString).toList());
		assertThat(seen).doesNotContain("sse-lag");
		client.close();
	}

	@Test
	void peerThatIsGoneIsFoundByTheKernelAndWhatIsNotSentIsNotHiddenInIt() throws IOException {
		RawClient client = openHubStream();
		Channel channel = this.context.getBean(Server.class).channel.join();
		assumeEpoll(channel);
		assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT)).isEqualTo(7000);
		assertThat(channel.config().getOption(EpollChannelOption.TCP_NOTSENT_LOWAT)).isEqualTo(16 * 1024L);
		client.close();
	}

	@Test
	void socketIsAsItWasAfterAStream() throws IOException {
		try (RawClient client = RawClient.get(this.network.port(), "/fault/hundred")) {
			client.readToEnd();
			Channel channel = this.context.getBean(Server.class).channel.join();
			assumeEpoll(channel);
			await().until(() -> channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT) == 0);
			assertThat(channel.config().getOption(EpollChannelOption.TCP_NOTSENT_LOWAT)).isZero();
		}
	}

	private static void assumeEpoll(Channel channel) {
		Assumptions.assumeTrue(channel instanceof EpollSocketChannel,
				"No epoll: options of the socket that only it has are not looked at");
	}

	@Test
	void clientsThatMustComeBackComeBackAtDifferentTimes() throws IOException {
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			clients.add(RawClient.get(this.network.port(), "/fault/hub"));
		}
		await().until(() -> this.hub.snapshot().subscribers() == 50);
		this.connections.list().forEach((connection) -> this.connections.disconnect(connection.id()));
		Set<String> retries = new HashSet<>();
		for (RawClient client : clients) {
			String end = client.readToEnd();
			retries.add(end.substring(end.lastIndexOf("retry:")));
			client.close();
		}
		assertThat(retries).hasSizeGreaterThan(25);
		assertThat(this.ends.counts).containsExactly(Map.entry(SseStreamEnd.DISCONNECTED, 50));
	}

	@Test
	void hundredsThatReconnectAfterACutMissNothing() throws IOException {
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			clients.add(RawClient.get(this.network.port(), "/fault/hub"));
		}
		await().until(() -> this.hub.snapshot().subscribers() == 200);
		String id = this.hub.publish("news", SseEvent.text("before")).stored().block(Duration.ofSeconds(1));
		this.network.cut();
		await().until(() -> this.hub.snapshot().subscribers() == 0);
		this.hub.publish("news", SseEvent.text("between"));
		for (RawClient client : clients) {
			client.close();
		}
		for (int i = 0; i < 200; i++) {
			RawClient again = RawClient.get(this.network.port(), "/fault/hub", "Last-Event-ID: " + id);
			assertThat(again.readUntil("data:between\n")).doesNotContain("data:before", "sse-gap");
			again.close();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class, Ends.class })
	static class Server {

		private final CompletableFuture<Channel> channel = new CompletableFuture<>();

		@Bean
		NettyServerCustomizer channels() {
			return (server) -> server.doOnConnection((connection) -> this.channel.complete(connection.channel()));
		}

	}

	/**
	 * How many streams have ended in each way.
	 */
	static class Ends implements SseStreamListener {

		private final Map<SseStreamEnd, Integer> counts = new ConcurrentHashMap<>();

		@Override
		public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
			this.counts.merge(end, 1, Integer::sum);
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/fault/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/fault/hundred")
		Flux<SseEvent> hundred() {
			return Flux.range(0, 100).map((i) -> SseEvent.text(i.toString()));
		}

		@GetMapping("/fault/large")
		Flux<SseEvent> large() {
			return Flux.just(SseEvent.text(LARGE));
		}

	}

}
