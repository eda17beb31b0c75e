package io.github.sse4spring.webflux;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * How streams end when their application stops, is stopped and started again, or is
 * paused.
 */
@Timeout(600)
class DrainTests {

	private static final int HUB = 1200;

	private static final int OTHER = 300;

	private static final int STALLED = 200;

	/** Requests that are sent before the first of them is answered. */
	private static final int AT_ONCE = 100;

	private final List<RawClient> clients = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (RawClient client : this.clients) {
			client.close();
		}
	}

	/** Open streams, each of which is known to be open, since its head has arrived. */
	private List<RawClient> open(ApplicationProcess application, String path, int count) throws IOException {
		List<RawClient> opened = new ArrayList<>();
		while (opened.size() < count) {
			int first = opened.size();
			for (int i = first; i < Math.min(first + AT_ONCE, count); i++) {
				RawClient client = RawClient.notReading(application.port(), path).patient();
				this.clients.add(client);
				opened.add(client);
			}
			for (RawClient client : opened.subList(first, opened.size())) {
				assertThat(client.startReading().status()).isEqualTo(200);
			}
		}
		return opened;
	}

	@Test
	void applicationThatStopsTellsEveryClientThatReadsToComeBackAndIsGoneAfterTheLast() throws Exception {
		try (ApplicationProcess application = ApplicationProcess.start("1h")) {
			List<RawClient> readers = new ArrayList<>(open(application, "/drain/hub", HUB));
			readers.addAll(open(application, "/drain/never", OTHER));
			readers.addAll(open(application, "/drain/ticks", OTHER));
			List<RawClient> stalled = open(application, "/drain/flood", STALLED);
			application.stall(STALLED);
			application.stop();
			Set<String> retries = new HashSet<>();
			for (RawClient client : readers) {
				retries.add(readRetryAtTheEnd(client));
			}
			assertThat(retries).hasSizeGreaterThan(500);
			// The clients that do not read keep the application from ending.
			try (RawClient meanwhile = RawClient.notReading(application.port(), "/drain/hub").patient()) {
				assertThat(meanwhile.startReading().status()).isEqualTo(200);
				assertThat(meanwhile.readToEnd()).matches("retry:[0-9]+\n\n");
			}
			for (RawClient client : stalled.subList(0, STALLED / 2)) {
				client.close();
			}
			assertThat(application.isAlive()).isTrue();
			for (RawClient client : stalled.subList(STALLED / 2, STALLED)) {
				readRetryAtTheEnd(client);
			}
			application.awaitExit();
		}
	}

	private static String readRetryAtTheEnd(RawClient client) throws IOException {
		String text = client.readToEnd();
		assertThat(text).containsPattern("\nretry:[0-9]+\n\n$");
		assertThat(EventStream.parse(text)).isNotEmpty();
		return text.substring(text.lastIndexOf("retry:"));
	}

	@Test
	void applicationThatStopsClosesTheConnectionsOfClientsThatDoNotReadUntilTheDrainTimeout() throws Exception {
		try (ApplicationProcess application = ApplicationProcess.start("100ms")) {
			List<RawClient> stalled = open(application, "/drain/flood", STALLED);
			application.stall(STALLED);
			application.stop();
			application.awaitExit();
			assertThat(stalled).allSatisfy((client) -> assertThatIOException().isThrownBy(client::readToEnd));
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
		context.getBean(Feeds.class);
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

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
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

		@GetMapping("/drain/flood-without-resume")
		Flux<SseEvent> floodWithoutResume() {
			return this.hub.subscribe(SseSubscription.to("flood").withoutResume());
		}

		/** The first event stays under way, so that none behind it has an id. */
		@GetMapping("/drain/flood-out-of-order")
		Flux<SseEvent> floodOutOfOrder() {
			return this.hub.subscribe("flood")
				.index()
				.flatMap((event) -> (event.getT1() == 0) ? Mono.<SseEvent>never() : Mono.just(event.getT2()));
		}

	}

}
