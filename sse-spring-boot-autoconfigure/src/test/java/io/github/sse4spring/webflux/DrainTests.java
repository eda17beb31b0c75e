package io.github.sse4spring.webflux;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How streams end when their application stops, is stopped and started again, or is
 * paused.
 */
@Timeout(120)
class DrainTests {

	private static final int HUB = 1200;

	private static final int OTHER = 600;

	private static final int STALLED = 200;

	@Test
	void applicationWith2000StreamsIsGoneSoonAndEveryOneThatReadsIsToldToComeBack() throws Exception {
		Process application = startApplication();
		List<RawClient> readable = new ArrayList<>();
		List<RawClient> stalled = new ArrayList<>();
		try {
			int port = readPort(application.inputReader());
			for (int i = 0; i < HUB; i++) {
				readable.add(RawClient.notReading(port, "/drain/hub"));
			}
			for (int i = 0; i < OTHER; i++) {
				readable.add(RawClient.notReading(port, (i % 2 != 0) ? "/drain/never" : "/drain/ticks"));
			}
			for (int i = 0; i < STALLED; i++) {
				stalled.add(RawClient.notReading(port, "/drain/flood"));
			}
			// On a busy machine the answer itself may take long.
			await().atMost(Duration.ofSeconds(60))
				.ignoreException(SocketTimeoutException.class)
				.until(() -> ask(port, "GET", "/drain/open").equals("2000"));
			for (RawClient client : readable) {
				client.startReading();
			}
			ask(port, "POST", "/drain/flood");
			await().atMost(Duration.ofSeconds(30))
				.until(() -> ask(port, "GET", "/drain/unwritable").equals(Integer.toString(STALLED)));
			long stoppedAt = System.nanoTime();
			application.destroy();
			assertThat(readable.get(0).readToEnd()).containsPattern("\nretry:[0-9]+\n\n$");
			try (RawClient meanwhile = RawClient.get(port, "/drain/hub")) {
				assertThat(meanwhile.status()).isEqualTo(200);
				assertThat(meanwhile.readToEnd()).matches("retry:[0-9]+\n\n");
			}
			Set<String> retries = new HashSet<>();
			for (RawClient client : readable.subList(1, readable.size())) {
				String text = client.readToEnd();
				assertThat(text).containsPattern("\nretry:[0-9]+\n\n$");
				assertThat(EventStream.parse(text)).isNotEmpty();
				retries.add(text.substring(text.lastIndexOf("retry:")));
			}
			assertThat(retries).hasSizeGreaterThan(500);
			assertThat(application.waitFor(10, TimeUnit.SECONDS)).as("gone within 10 s").isTrue();
			System.out.printf("DrainTests: gone after %d ms%n", (System.nanoTime() - stoppedAt) / 1_000_000);
		}
		finally {
			application.destroyForcibly();
			for (RawClient client : readable) {
				client.close();
			}
			for (RawClient client : stalled) {
				client.close();
			}
		}
	}

	private static Process startApplication() throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				Application.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

	private static int readPort(BufferedReader out) throws IOException {
		for (String line = out.readLine(); line != null; line = out.readLine()) {
			if (line.startsWith("port ")) {
				return Integer.parseInt(line.substring(5));
			}
		}
		throw new AssertionError("the application did not start");
	}

	private static String ask(int port, String method, String path) throws IOException {
		try (RawClient client = RawClient.request(port, method, path, "Content-Length: 0")) {
			return client.readToEnd();
		}
	}

	@Test
	void contextThatIsStoppedAndStartedAgainOpensStreamsAgain() throws Exception {
		try (ConfigurableApplicationContext context = StreamApplication.run(Server.class)) {
			for (int i = 0; i < 3; i++) {
				RawClient client = RawClient.get(StreamApplication.port(context), "/drain/hub");
				await().until(() -> context.getBean(SseConnections.class).list().size() == 1);
				context.stop();
				assertThat(client.readToEnd()).endsWith("\nretry:100\n\n");
				client.close();
				context.start();
			}
			RawClient client = RawClient.get(StreamApplication.port(context), "/drain/hub");
			await().until(() -> context.getBean(SseHub.class).snapshot().subscribers() == 1);
			context.getBean(SseHub.class).publish("news", SseEvent.text("again"));
			assertThat(client.readUntil("data:again\n")).isNotEmpty();
			client.close();
		}
	}

	@Test
	void contextThatIsPausedKeepsItsStreams() throws Exception {
		try (ConfigurableApplicationContext context = StreamApplication.run(Server.class);
				RawClient client = RawClient.get(StreamApplication.port(context), "/drain/hub")) {
			await().until(() -> context.getBean(SseHub.class).snapshot().subscribers() == 1);
			context.pause();
			context.restart();
			context.getBean(SseHub.class).publish("news", SseEvent.text("still here"));
			assertThat(client.readUntil("data:still here\n")).doesNotContain("retry:100\n\nretry");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.main.lazy-initialization=true", "server.shutdown=immediate",
			"spring.threads.virtual.enabled=true" })
	void streamsEndCleanlyUnderOtherSettingsOfTheApplicationToo(String property) throws Exception {
		ConfigurableApplicationContext context = StreamApplication.run(Server.class, property);
		// What is lazy should not be created on an event loop.
		assertThat(context.getBean(Feeds.class)).isNotNull();
		try (RawClient client = RawClient.get(StreamApplication.port(context), "/drain/hub")) {
			await().until(() -> context.getBean(SseConnections.class).list().size() == 1);
			context.close();
			assertThat(client.readToEnd()).endsWith("\nretry:100\n\n");
		}
		finally {
			context.close();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class })
	static class Server {

	}

	/**
	 * An application of its own process, with what a user would have.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Feeds.class)
	public static class Application {

		public static void main(String[] args) {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.properties("server.port=0", "spring.main.web-application-type=reactive", "spring.main.banner-mode=off",
						"logging.level.root=warn")
				.run();
			System.out.println("port " + StreamApplication.port(context));
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		private final SseConnections connections;

		Feeds(SseHub hub, SseConnections connections) {
			this.hub = hub;
			this.connections = connections;
		}

		@GetMapping("/drain/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/drain/never")
		Flux<SseEvent> never() {
			return Flux.never();
		}

		@GetMapping("/drain/ticks")
		Flux<SseEvent> ticks() {
			return Flux.interval(Duration.ofMillis(500)).map((tick) -> SseEvent.text(tick.toString()));
		}

		@GetMapping("/drain/flood")
		Flux<SseEvent> flood() {
			return this.hub.subscribe("flood");
		}

		@PostMapping("/drain/flood")
		void startFlood() {
			SseEvent large = SseEvent.text("x".repeat(100_000));
			for (int i = 0; i < 100; i++) {
				this.hub.publish("flood", large);
			}
		}

		@GetMapping("/drain/open")
		int open() {
			return this.connections.list().size();
		}

		@GetMapping("/drain/unwritable")
		long unwritable() {
			return this.connections.list().stream().filter((each) -> each.unwritableSince() != null).count();
		}

	}

}
