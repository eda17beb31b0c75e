package io.github.sse4spring.webflux;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.JMException;
import javax.management.ObjectName;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnections;
import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The formula of docs/operations.md for the memory of an application: so much for each
 * stream, so much more for each client that does not read, and what the hub retains.
 */
@Timeout(60)
class SizingTests {

	/** The last line of a histogram: objects and bytes. */
	private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");

	private static final int STREAMS = 1000;

	private static final int BYTES_OF_A_STREAM = 24 * 1024;

	private static final int BYTES_OF_A_STALLED_CLIENT = 80 * 1024;

	private ConfigurableApplicationContext context;

	private final List<SocketChannel> clients = new ArrayList<>();

	@BeforeEach
	void start() throws IOException {
		this.context = StreamApplication.run(Server.class);
		// What is loaded once is not part of any stream.
		open(STREAMS);
		close();
	}

	@AfterEach
	void stop() throws IOException {
		close();
		this.context.close();
	}

	private void open(int count) throws IOException {
		SseConnections connections = this.context.getBean(SseConnections.class);
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
				StreamApplication.port(this.context));
		for (int i = 0; i < count; i++) {
			SocketChannel client = SocketChannel.open();
			client.setOption(StandardSocketOptions.SO_RCVBUF, 8 * 1024);
			client.connect(address);
			client.write(ByteBuffer
				.wrap("GET /sizing HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
			this.clients.add(client);
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> connections.list().size() == count);
	}

	private void close() throws IOException {
		for (SocketChannel client : this.clients) {
			client.close();
		}
		this.clients.clear();
		SseConnections connections = this.context.getBean(SseConnections.class);
		await().atMost(Duration.ofSeconds(20)).until(() -> connections.list().isEmpty());
	}

	/**
	 * What is reachable, as the virtual machine counts it object by object, whatever its
	 * collector has done so far.
	 */
	private static long usedMemory() throws JMException {
		Object histogram = ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
					new Object[] { new String[0] }, new String[] { String[].class.getName() });
		Matcher total = TOTAL.matcher((String) histogram);
		assertThat(total.find()).as("%s", histogram).isTrue();
		return Long.parseLong(total.group(1)) + Math.max(0, PlatformDependent.usedDirectMemory());
	}

	@Test
	void idleStreamsNeedNoMoreThanTheFormulaSays() throws Exception {
		long before = usedMemory();
		open(STREAMS);
		long each = (usedMemory() - before) / STREAMS;
		System.out.printf("SizingTests: %d bytes for an idle stream%n", each);
		assertThat(each).isPositive().isLessThan(BYTES_OF_A_STREAM);
	}

	@Test
	void clientsThatDoNotReadNeedNoMoreThanTheFormulaSays() throws Exception {
		open(STREAMS);
		SseHub hub = this.context.getBean(SseHub.class);
		SseConnections connections = this.context.getBean(SseConnections.class);
		long before = usedMemory();
		SseEvent event = SseEvent.text("x".repeat(4000));
		await().atMost(Duration.ofSeconds(20)).until(() -> {
			for (int i = 0; i < 100; i++) {
				hub.publish("news", event);
			}
			return connections.list().stream().allMatch((each) -> each.unwritableSince() != null);
		});
		long each = (usedMemory() - before - hub.snapshot().retainedBytes()) / STREAMS;
		System.out.printf("SizingTests: %d bytes more for a client that does not read%n", each);
		assertThat(each).isPositive().isLessThan(BYTES_OF_A_STALLED_CLIENT);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class })
	static class Server {

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/sizing")
		Flux<SseEvent> sizing() {
			return this.hub.subscribe("news");
		}

	}

}
