package io.github.sse4spring.webflux;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.codec.SseCodecs;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.RawClient;
import io.github.sse4spring.webflux.StreamApplication.Probe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client of an event stream sees on any server.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractEventStreamTests {

	private static final String OPENING = ":\nretry:100\n\n";

	private final Class<?> server;

	ConfigurableApplicationContext context;

	int port;

	AbstractEventStreamTests(Class<?> server) {
		this.server = server;
	}

	@BeforeAll
	void start() {
		this.context = StreamApplication.run(this.server);
		this.port = StreamApplication.port(this.context);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	Probe probe() {
		return this.context.getBean(Probe.class);
	}

	// Handlers

	static Stream<Arguments> returnTypesAndAccepts() {
		Stream<String> paths = Stream.of("/flux", "/mono", "/publisher", "/flow", "/event", "/future",
				"/keep-alive-type", "/entity", "/mono-entity", "/view", "/functional");
		return paths.flatMap((path) -> Stream
			.of("X-No-Accept: 1", "Accept: */*", "Accept: text/event-stream", "Accept: application/json",
					"Accept: text/plain", "Accept: text/html,application/xhtml+xml,*/*;q=0.8")
			.map((accept) -> Arguments.of(path, accept)));
	}

	@ParameterizedTest
	@MethodSource("returnTypesAndAccepts")
	void everyReturnTypeIsAnEventStreamWhateverIsAccepted(String path, String accept) throws IOException {
		try (RawClient client = RawClient.get(this.port, path, accept)) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.header("Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
			assertThat(client.readToEnd()).isEqualTo(OPENING + "data:one\n\nid:sse-end\n\n");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/produces-event-stream", "/json-by-class/flux", "/json-by-class/entity" })
	void browserReachesItWhateverProducesSays(String path) throws IOException {
		try (RawClient client = RawClient.get(this.port, path, "Accept: text/event-stream")) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.header("Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
			assertThat(client.readToEnd()).contains("data:one\n\n");
		}
	}

	@Test
	void producesThatTheClientDoesNotAcceptIs406() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/produces-event-stream", "Accept: application/json")) {
			assertThat(client.status()).isEqualTo(406);
		}
	}

	@Test
	void producesStillChoosesBetweenMethodsOfOnePath() throws IOException {
		try (RawClient stream = RawClient.get(this.port, "/both", "Accept: text/event-stream");
				RawClient json = RawClient.get(this.port, "/both", "Accept: application/json");
				RawClient list = RawClient.get(this.port, "/json-by-class/list", "Accept: text/event-stream")) {
			assertThat(stream.readToEnd()).contains("data:one\n\n");
			assertThat(json.readToEnd()).isEqualTo("{\"data\":\"one\"}");
			assertThat(list.status()).isEqualTo(406);
		}
	}

	@Test
	void postStreamsToo() throws IOException {
		try (RawClient client = RawClient.request(this.port, "POST", "/post", "Content-Length: 0")) {
			assertThat(client.readToEnd()).contains("data:one\n\n");
		}
	}

	@Test
	void serverSentEventsOfSpringAreLeftAlone() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/spring", "Accept: text/event-stream")) {
			assertThat(client.header("X-Accel-Buffering")).isNull();
			assertThat(client.readToEnd()).isEqualTo("id:1\ndata:one\n\n");
		}
	}

	// Opening and headers

	@Test
	void headersKeepProxiesFromHoldingEventsBack() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/flux")) {
			assertThat(client.headers()).containsEntry("Content-Type", "text/event-stream;charset=UTF-8")
				.containsEntry("Cache-Control", "no-cache, no-transform")
				.containsEntry("X-Accel-Buffering", "no")
				.doesNotContainKeys("Access-Control-Allow-Origin", "Connection");
		}
	}

	@Test
	void headersAreSetBeforeTheSourceIsSubscribedTo() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/headers-when-subscribed")) {
			assertThat(client.readToEnd())
				.contains("data:text/event-stream;charset=UTF-8 | no-cache, no-transform | no\n\n");
		}
	}

	@Test
	void statusAndHeadersOfTheUserWin() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/own-headers")) {
			assertThat(client.status()).isEqualTo(202);
			assertThat(client.header("Content-Type")).startsWith("text/event-stream;x=y");
			assertThat(client.headers()).containsEntry("Cache-Control", "no-store")
				.containsEntry("X-Accel-Buffering", "yes")
				.containsEntry("X-Own", "1");
			assertThat(client.readToEnd()).contains("data:one\n\n");
		}
		try (RawClient client = RawClient.get(this.port, "/own-status")) {
			assertThat(client.status()).isEqualTo(201);
		}
	}

	@Test
	void statusWithoutBodySubscribesNothing() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/no-content")) {
			assertThat(client.status()).isEqualTo(204);
			assertThat(client.header("Content-Type")).isNull();
		}
		assertThat(probe().signal("no-content subscribed")).isNotDone();
	}

	@Test
	void silentSourceOpensAfterTheOpenDelay() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/silent")) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.readUntil("\n\n")).isEqualTo(OPENING);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/only-head", "/entity", "/view" })
	void headAnswersHeadersAndSubscribesNothing(String path) throws IOException {
		try (RawClient client = RawClient.request(this.port, "HEAD", path)) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.header("Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
		}
		assertThat(probe().signal("only-head subscribed")).isNotDone();
	}

	// Errors

	@Test
	void errorBeforeOpenBecomesItsStatusAndProblem() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/early-error", "Accept: text/event-stream")) {
			assertThat(client.status()).isEqualTo(403);
			assertThat(client.header("Content-Type")).contains("json");
			assertThat(client.headers()).doesNotContainKeys("X-Accel-Buffering", "Cache-Control");
			assertThat(client.readToEnd()).contains("\"status\":403").doesNotContain("retry:");
		}
	}

	@Test
	void errorBeforeOpenHasTheHeadersOfItsHandlerAndNoneOfAStream() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/early-own-headers")) {
			assertThat(client.status()).isEqualTo(422);
			assertThat(client.headers()).containsEntry("Cache-Control", "no-store")
				.containsEntry("X-Own", "1")
				.containsEntry("Content-Type", "application/json")
				.doesNotContainKey("X-Accel-Buffering");
			assertThat(client.readToEnd()).isEqualTo("{\"handled\":\"own\"}");
		}
	}

	@Test
	void errorBeforeOpenReachesTheExceptionHandler() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/early-handled")) {
			assertThat(client.status()).isEqualTo(422);
			assertThat(client.header("Content-Type")).isEqualTo("application/json");
			assertThat(client.headers()).doesNotContainKeys("X-Accel-Buffering", "Cache-Control");
			assertThat(client.readToEnd()).isEqualTo("{\"handled\":\"handled\"}");
		}
	}

	@Test
	void errorAfterOpenIsLoggedOnceAndEndsCleanly(CapturedOutput output) throws IOException {
		try (RawClient client = RawClient.get(this.port, "/late-error")) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.readToEnd()).isEqualTo(OPENING + """
					data:one

					event:sse-error
					data:{"type":"about:blank","title":"Internal Server Error","status":500}
					retry:500

					""");
		}
		assertThat(output).containsOnlyOnce("IllegalArgumentException: secret").containsOnlyOnce(" ERROR ");
	}

	// Last-Event-ID and the end

	@Test
	void lastEventIdIsTheHeaderElseTheQueryParameter() throws IOException {
		assertThat(lastEventId("/last-event-id")).isEqualTo("null");
		assertThat(lastEventId("/last-event-id", "Last-Event-ID: 7")).isEqualTo("\"7\"");
		assertThat(lastEventId("/last-event-id?lastEventId=8")).isEqualTo("\"8\"");
		assertThat(lastEventId("/last-event-id?lastEventId=8", "Last-Event-ID: 7")).isEqualTo("\"7\"");
		assertThat(lastEventId("/last-event-id", "Last-Event-ID: …é")).isEqualTo("\"…é\"");
		assertThat(lastEventId("/last-event-id?lastEventId=%C3%A9")).isEqualTo("\"é\"");
	}

	@Test
	void absurdLastEventIdIsEmptyAndNeverAnError() throws IOException {
		assertThat(lastEventId("/last-event-id", "Last-Event-ID: " + "x".repeat(4000))).isEqualTo("\"\"");
		assertThat(lastEventId("/last-event-id?lastEventId=a%00b")).isEqualTo("\"\"");
	}

	@Test
	void lastEventIdThatIsNotUtf8IsEmpty() throws IOException {
		try (RawClient client = RawClient.getInLatin1(this.port, "/last-event-id", "Last-Event-ID: é")) {
			assertThat(EventStream.data(client.readToEnd())).containsExactly("\"\"");
		}
	}

	private String lastEventId(String path, String... headers) throws IOException {
		try (RawClient client = RawClient.get(this.port, path, headers)) {
			assertThat(client.status()).isEqualTo(200);
			return EventStream.data(client.readToEnd()).get(0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/finished", "/finished?lastEventId=sse-end" })
	void clientThatSawTheEndGets204AndNothingIsSubscribed(String path) throws IOException {
		String header = path.contains("?") ? "X-None: 1" : "Last-Event-ID: sse-end";
		try (RawClient client = RawClient.get(this.port, path, header, "Accept: text/event-stream")) {
			assertThat(client.status()).isEqualTo(204);
			assertThat(client.header("Content-Type")).isNull();
			assertThat(client.header("Cache-Control")).isEqualTo("no-cache, no-transform");
		}
		assertThat(probe().signal("finished subscribed")).isNotDone();
	}

	// Life

	@Test
	void disconnectCancelsTheSource() throws Exception {
		try (RawClient client = RawClient.get(this.port, "/endless")) {
			client.readUntil("data:first\n\n");
		}
		probe().signal("endless cancelled").get(disconnectNoticedAfter().toMillis(), TimeUnit.MILLISECONDS);
	}

	/** How long a test waits for a server to notice that the client is gone. */
	Duration disconnectNoticedAfter() {
		return Duration.ofSeconds(5);
	}

	@Test
	void keepAliveCommentsArrive() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/keep-alive")) {
			assertThat(client.readUntil(":own\n\n")).isEqualTo(OPENING + ":own\n\n");
			assertThat(client.readUntil("\n\n")).isEqualTo(":own\n\n");
		}
	}

	@Test
	void openStreamEndsWhenTheApplicationStops() throws IOException {
		ConfigurableApplicationContext context = StreamApplication.run(this.server);
		try (RawClient client = RawClient.get(StreamApplication.port(context), "/endless")) {
			client.readUntil("data:first\n\n");
			// With a stream that does not end this would take 30 seconds, more than the
			// test may.
			context.close();
			assertThat(client.readToEnd()).isEqualTo("retry:100\n\n");
			assertThat(context.isActive()).isFalse();
		}
		finally {
			context.close();
		}
	}

	@Test
	void streamOpenedWhileDrainingIsToldToComeBack() throws IOException {
		SmartLifecycle drain = this.context.getBean("sseStreamsLifecycle", SmartLifecycle.class);
		drain.stop();
		try (RawClient client = RawClient.get(this.port, "/endless", "Accept: text/event-stream")) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.header("Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
			assertThat(client.readToEnd()).isEqualTo("retry:100\n\n");
		}
		finally {
			drain.start();
		}
	}

	// Clients of Spring

	@Test
	void webClientReadsEvents() {
		Flux<SseEvent> events = WebClient.builder()
			.codecs(SseCodecs::register)
			.build()
			.get()
			.uri("http://localhost:{port}/finite", this.port)
			.retrieve()
			.bodyToFlux(SseEvent.class);
		StepVerifier.create(events)
			.expectNext(SseEvent.text("a").withId("1"), SseEvent.text("b").withId("2"))
			.expectComplete()
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void webTestClientReadsEventsOfAnEndlessStream() {
		Flux<SseEvent> events = WebTestClient.bindToServer()
			.codecs(SseCodecs::register)
			.baseUrl("http://localhost:" + this.port)
			.build()
			.get()
			.uri("/endless")
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(SseEvent.class)
			.getResponseBody();
		StepVerifier.create(events).expectNext(SseEvent.text("first")).thenCancel().verify(Duration.ofSeconds(5));
	}

}
