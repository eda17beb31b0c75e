package io.github.sse4spring.webflux;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.testsupport.RawClient;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Meters and the endpoint say exactly what has happened, and zero when all is over.
 */
@Timeout(60)
class MeterTruthTests {

	/** On the class path of the tests there are two servers. */
	private static final String NETTY_ONLY = "spring.autoconfigure.exclude=org.springframework.boot.tomcat.autoconfigure."
			+ "actuate.web.server.TomcatReactiveManagementContextAutoConfiguration";

	private static final SseEvent LARGE = SseEvent.text("x".repeat(100_000));

	private ConfigurableApplicationContext context;

	private int port;

	private MeterRegistry meters;

	private SseHub hub;

	private SseConnections connections;

	private final List<RawClient> clients = new ArrayList<>();

	@BeforeEach
	void start() {
		start("30s");
	}

	private void start(String stallTimeout) {
		this.context = StreamApplication.run(Server.class, "sse.limits.max-connections=25",
				"sse.stream.stall-timeout=" + stallTimeout, "sse.metrics.topics=news,lag",
				"sse.metrics.http-server-requests=false", "management.endpoints.web.exposure.include=sse",
				"management.endpoint.sse.access=unrestricted");
		this.port = StreamApplication.port(this.context);
		this.meters = this.context.getBean(MeterRegistry.class);
		this.hub = this.context.getBean(SseHub.class);
		this.connections = this.context.getBean(SseConnections.class);
	}

	@AfterEach
	void stop() throws IOException {
		for (RawClient client : this.clients) {
			client.close();
		}
		this.context.close();
	}

	private RawClient open(String path, String... headers) throws IOException {
		RawClient client = RawClient.get(this.port, path, headers);
		this.clients.add(client);
		return client;
	}

	private RawClient openStalled(String path) throws IOException {
		RawClient client = RawClient.notReading(this.port, path);
		this.clients.add(client);
		return client;
	}

	private double gauge(String name) {
		return this.meters.get(name).gauge().value();
	}

	private double count(String name, String... tags) {
		return this.meters.get(name).tags(tags).counter().count();
	}

	private void awaitClosed(SseStreamEnd end, int count) {
		String reason = end.name().toLowerCase(Locale.ROOT);
		await().atMost(Duration.ofSeconds(20)).until(() -> count("sse.streams.closed", "reason", reason) == count);
	}

	private List<RawClient> open(int count, String path) throws IOException {
		List<RawClient> opened = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			opened.add(open(path));
		}
		return opened;
	}

	/** Publish to a topic until streams that are not read have fallen behind. */
	private void lag(int streams) {
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			this.hub.publish("lag", LARGE);
			return this.connections.list().stream().filter((each) -> each.lag() > 20).count() == streams;
		});
	}

	private void awaitCount(int count, String name, String... tags) {
		await().untilAsserted(() -> assertThat(count(name, tags)).isEqualTo(count));
	}

	@Test
	void openStreamsAndSubscribersAreGaugedAndListed() throws IOException {
		open(3, "/meters/news");
		open(2, "/meters/never");
		awaitCount(5, "sse.streams.opened");
		assertThat(gauge("sse.connections")).isEqualTo(5);
		await().until(() -> gauge("sse.subscribers") == 3);
		JsonNode endpoint = endpoint();
		assertThat(endpoint.get("connections")).hasSize(5);
		assertThat(endpoint.get("hub").get("subscribers").asInt()).isEqualTo(3);
		assertThat(endpoint.get("truncated").asBoolean()).isFalse();
	}

	@Test
	void refusalsOfTheNodeAreCountedAsSuchAndNotAsOpened() throws IOException {
		open(25, "/meters/never");
		await().until(() -> this.connections.list().size() == 25);
		assertThat(open("/meters/news").readToEnd()).startsWith(":refused");
		assertThat(count("sse.streams.refused", "reason", "max-connections")).isOne();
		assertThat(count("sse.streams.refused", "reason", "max-connections-per-client")).isZero();
		awaitCount(25, "sse.streams.opened");
	}

	@Test
	void publishedEventsAreCountedByTopicWhereTheTopicIsNamed() {
		this.hub.publish("news", SseEvent.text("one"));
		this.hub.publish("elsewhere", SseEvent.text("two"));
		this.hub.publish("nowhere", SseEvent.text("three"));
		assertThat(count("sse.events.published", "topic", "news")).isOne();
		assertThat(count("sse.events.published", "topic", "other")).isEqualTo(2);
	}

	@Test
	void deliveredEventsAreCountedOncePerStreamAndDelaysOncePerBatch() throws IOException {
		List<RawClient> readers = open(20, "/meters/news");
		await().until(() -> this.hub.snapshot().subscribers() == 20);
		for (String text : List.of("one", "two", "three")) {
			this.hub.publish("news", SseEvent.text(text));
		}
		for (RawClient reader : readers) {
			reader.readUntil("data:three\n");
		}
		awaitCount(60, "sse.events.delivered");
		DistributionSummary batches = this.meters.get("sse.batch.events").summary();
		await().until(() -> batches.totalAmount() == 60);
		assertThat(batches.count()).isBetween(20L, 60L);
		Timer delays = this.meters.get("sse.publish.delay").timer();
		await().untilAsserted(() -> assertThat(delays.count()).isEqualTo(batches.count()));
	}

	@Test
	void retainedBytesAndTopicsAreGauged() {
		assertThat(gauge("sse.topics")).isZero();
		assertThat(gauge("sse.retained")).isZero();
		this.hub.publish("news", SseEvent.text("one"));
		this.hub.publish("elsewhere", LARGE);
		await().until(() -> gauge("sse.retained") == this.hub.snapshot().retainedBytes());
		assertThat(gauge("sse.retained")).isGreaterThan(100_000);
		assertThat(gauge("sse.topics")).isEqualTo(2);
	}

	@Test
	void missedEventsAreCountedAsTheClientIsToldThem() throws IOException {
		RawClient skipping = openStalled("/meters/skip");
		await().until(() -> this.hub.snapshot().subscribers() == 1);
		lag(1);
		skipping.startReading().readUntil("\n\nevent:sse-lag\ndata:{\"missed\":");
		int missed = Integer.parseInt(skipping.readUntil("}").replace("}", ""));
		awaitCount(missed, "sse.events.missed");
		assertThat(endpoint().get("hub").get("missed").asInt()).isEqualTo(missed);
	}

	@Test
	void streamsThatAreDisconnectedForTheirLagAreCountedAsSuch() throws IOException {
		RawClient disconnecting = openStalled("/meters/disconnect");
		await().until(() -> this.hub.snapshot().subscribers() == 1);
		lag(1);
		assertThat(disconnecting.startReading().readToEnd()).doesNotContain("sse-lag");
		awaitClosed(SseStreamEnd.LAGGED, 1);
	}

	@Test
	void streamsWhoseClientGoesAwayAreCountedAsSuch() throws IOException {
		open("/meters/never").close();
		awaitClosed(SseStreamEnd.GONE, 1);
		open("/meters/never").close();
		awaitClosed(SseStreamEnd.GONE, 2);
	}

	@Test
	void disconnectedStreamsAreCountedAsSuch() throws IOException {
		open("/meters/never");
		this.connections.disconnect(this.connections.list().get(0).id());
		awaitClosed(SseStreamEnd.DISCONNECTED, 1);
	}

	@Test
	void failedStreamsAreCountedAsSuch() throws IOException {
		assertThat(open("/meters/late-error").readToEnd()).contains("sse-error");
		awaitClosed(SseStreamEnd.FAILED, 1);
	}

	@Test
	void completedStreamsAreCountedAsSuch() throws IOException {
		assertThat(open("/meters/one").readToEnd()).contains("sse-end");
		awaitClosed(SseStreamEnd.COMPLETED, 1);
	}

	@Test
	void replaysAreCountedAndAreNoGaps() throws IOException {
		this.hub.publish("news", SseEvent.text("one"));
		open("/meters/news", "Last-Event-ID: " + this.hub.snapshot().epoch() + "-0").readUntil("data:one\n");
		awaitCount(1, "sse.replays");
		assertThat(gaps()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "unknown", "restarted", "expired" })
	void gapsAreCountedByReason(String reason) throws IOException {
		for (int i = 0; i < 300; i++) {
			this.hub.publish("news", SseEvent.text("more than is retained"));
		}
		String id = switch (reason) {
			case "unknown" -> "nonsense";
			case "restarted" -> "zzzzzzzz-1";
			default -> this.hub.snapshot().epoch() + "-0";
		};
		assertThat(open("/meters/news", "Last-Event-ID: " + id).readUntil("\"}"))
			.endsWith("event:sse-gap\ndata:{\"reason\":\"" + reason + "\"}");
		awaitCount(1, "sse.gaps", "reason", reason);
		assertThat(gaps()).isOne();
	}

	private double gaps() {
		return this.meters.get("sse.gaps").counters().stream().mapToDouble(Counter::count).sum();
	}

	@Test
	void gaugesAreZeroAndEveryStreamIsClosedAndTimedWhenAllIsOver() throws IOException {
		open(3, "/meters/never");
		List<RawClient> subscribed = open(3, "/meters/news");
		open("/meters/one").readToEnd();
		await().until(() -> this.hub.snapshot().subscribers() == 3);
		assertThat(gauge("sse.connections")).isEqualTo(6);
		this.hub.complete("news");
		for (RawClient client : subscribed) {
			client.readToEnd();
		}
		for (RawClient client : this.clients) {
			client.close();
		}
		await().until(() -> gauge("sse.connections") == 0);
		await().until(() -> gauge("sse.subscribers") == 0);
		assertThat(endpoint().get("connections")).isEmpty();
		Timer duration = this.meters.get("sse.stream.duration").timer();
		await().until(() -> duration.count() == 7);
		assertThat(duration.totalTime(TimeUnit.NANOSECONDS)).isPositive();
		assertThat(count("sse.streams.opened")).isEqualTo(7);
		assertThat(this.meters.get("sse.streams.closed").counters().stream().mapToDouble(Counter::count).sum())
			.isEqualTo(7);
	}

	@Test
	void stalledStreamsAreCountedAsSuch() throws IOException {
		this.context.close();
		start("1s");
		openStalled("/meters/skip");
		await().until(() -> this.hub.snapshot().subscribers() == 1);
		for (int i = 0; i < 100; i++) {
			this.hub.publish("lag", LARGE);
		}
		awaitClosed(SseStreamEnd.STALLED, 1);
	}

	@Test
	void drainedStreamsAreCountedAsSuch() throws IOException {
		RawClient drained = open("/meters/news");
		this.context.stop();
		drained.readToEnd();
		awaitClosed(SseStreamEnd.DRAINED, 1);
	}

	@Test
	void agedStreamsAreCountedAsSuch() throws IOException {
		try (ConfigurableApplicationContext other = StreamApplication.run(Server.class, "sse.stream.max-age=1s");
				RawClient client = RawClient.get(StreamApplication.port(other), "/meters/news")) {
			assertThat(client.readToEnd()).endsWith("\nretry:100\n\n");
			MeterRegistry theirs = other.getBean(MeterRegistry.class);
			await().until(() -> theirs.get("sse.streams.closed").tag("reason", "aged").counter().count() == 1);
		}
	}

	@Test
	void refusalsOfOneClientAreCountedAsSuch() throws IOException {
		try (ConfigurableApplicationContext other = StreamApplication.run(Server.class,
				"sse.limits.max-connections-per-client=1");
				RawClient one = RawClient.get(StreamApplication.port(other), "/meters/news")) {
			one.readUntil("\n\n");
			try (RawClient two = RawClient.get(StreamApplication.port(other), "/meters/news")) {
				assertThat(two.readToEnd()).startsWith(":refused");
			}
			assertThat(other.getBean(MeterRegistry.class)
				.get("sse.streams.refused")
				.tag("reason", "max-connections-per-client")
				.counter()
				.count()).isOne();
		}
	}

	@Test
	void emptyPartsOfATopicAreWrittenEncoded() throws IOException {
		this.hub.publish("a//b", SseEvent.text("x"));
		this.hub.publish("a/b", SseEvent.text("y"));
		assertThat(delete("/actuator/sse/topics/a%2F%2Fb")).isEqualTo("{\"wanted\":\"a//b\",\"ended\":1}");
		assertThat(delete("/actuator/sse/topics/a//b")).isEqualTo("{\"wanted\":\"a/b\",\"ended\":1}");
	}

	@Test
	void moreThanAThousandTopicsAreTruncated() throws IOException {
		for (int i = 0; i < 1001; i++) {
			this.hub.publish("topic " + i, SseEvent.text("x"));
		}
		JsonNode endpoint = endpoint();
		assertThat(endpoint.get("topics")).hasSize(1000);
		assertThat(endpoint.get("truncated").asBoolean()).isTrue();
	}

	@Test
	void timerOfRequestsMayHaveAnotherName() throws IOException {
		try (ConfigurableApplicationContext other = StreamApplication.run(Server.class,
				"sse.metrics.http-server-requests=false",
				"management.observations.http.server.requests.name=my.requests")) {
			for (String path : List.of("/meters/one", "/meters/plain")) {
				try (RawClient client = RawClient.get(StreamApplication.port(other), path)) {
					client.readToEnd();
				}
			}
			MeterRegistry theirs = other.getBean(MeterRegistry.class);
			await().until(() -> theirs.find("my.requests").timers().size() == 1);
			assertThat(theirs.get("my.requests").timer().getId().getTag("uri")).isEqualTo("/meters/plain");
		}
	}

	@Test
	void keepAlivesAreCounted() throws IOException {
		RawClient client = open("/meters/never");
		client.readUntil("retry:100\n\n");
		client.readUntil(":\n\n");
		await().until(() -> count("sse.keepalives") > 0);
	}

	@Test
	void streamsAreNotInTheTimerOfRequestsAndOthersAre() throws IOException {
		open("/meters/one").readToEnd();
		open("/meters/plain").readToEnd();
		await().until(() -> this.meters.find("http.server.requests").timers().size() == 1);
		assertThat(this.meters.get("http.server.requests").timer().getId().getTag("uri")).isEqualTo("/meters/plain");
	}

	private JsonNode endpoint() throws IOException {
		return JsonMapper.shared().readTree(open("/actuator/sse").readToEnd());
	}

	// The endpoint

	@Test
	void endpointDescribesAndEndsTopicsConnectionsAndClients() throws IOException {
		RawClient slashes = open("/meters/slashes");
		RawClient one = open("/meters/news");
		RawClient two = open("/meters/news");
		await().until(() -> this.hub.snapshot().subscribers() == 3);
		String topic = open("/actuator/sse/topics/jobs/7/log").readToEnd();
		JsonNode described = JsonMapper.shared().readTree(topic);
		assertThat(described.get("name").asString()).isEqualTo("jobs/7/log");
		assertThat(described.get("subscribers").asInt()).isOne();
		assertThat(open("/actuator/sse/topics/unknown").status()).isEqualTo(404);
		assertThat(open("/actuator/sse/nonsense/x").status()).isEqualTo(400);
		assertThat(delete("/actuator/sse/topics/jobs/7/log")).isEqualTo("{\"wanted\":\"jobs/7/log\",\"ended\":1}");
		assertThat(slashes.readToEnd()).contains("sse-end");
		assertThat(delete("/actuator/sse/topics/unknown")).isEqualTo("{\"wanted\":\"unknown\",\"ended\":0}");
		String id = this.connections.list().get(0).id();
		assertThat(open("/actuator/sse/connections/" + id).readToEnd()).contains("\"clientKey\":\"127.0.0.1\"");
		assertThat(delete("/actuator/sse/connections/" + id)).endsWith("\"ended\":1}");
		one.readToEnd();
		assertThat(open("/actuator/sse/clients/127.0.0.1").readToEnd())
			.startsWith("{\"clientKey\":\"127.0.0.1\",\"connections\":[{")
			.endsWith("\"truncated\":false}");
		assertThat(delete("/actuator/sse/clients/127.0.0.1")).endsWith("\"ended\":1}");
		two.readToEnd();
	}

	@Test
	void endpointIsReadOnlyUnlessAllowedAndWorksOnAPortOfItsOwn() throws IOException {
		try (ConfigurableApplicationContext other = StreamApplication.run(Server.class, "management.server.port=0",
				NETTY_ONLY, "management.endpoints.web.exposure.include=sse")) {
			int management = other.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
			assertThat(management).isNotEqualTo(StreamApplication.port(other));
			RawClient stream = RawClient.get(StreamApplication.port(other), "/meters/news");
			this.clients.add(stream);
			try (RawClient read = RawClient.get(management, "/actuator/sse");
					RawClient delete = RawClient.request(management, "DELETE", "/actuator/sse/topics/news")) {
				assertThat(read.readToEnd()).contains("\"topics\":[\"news\"]");
				assertThat(delete.status()).isEqualTo(405);
			}
		}
	}

	private String delete(String path) throws IOException {
		try (RawClient client = RawClient.request(this.port, "DELETE", path)) {
			return client.readToEnd();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class })
	static class Server {

		@Bean
		MeterRegistry registry() {
			return new SimpleMeterRegistry();
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/meters/news")
		Flux<SseEvent> news() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/meters/slashes")
		Flux<SseEvent> slashes() {
			return this.hub.subscribe("jobs/7/log");
		}

		@GetMapping("/meters/skip")
		Flux<SseEvent> skip() {
			return this.hub.subscribe(SseSubscription.to("lag").bufferSize(10));
		}

		@GetMapping("/meters/disconnect")
		Flux<SseEvent> disconnect() {
			return this.hub.subscribe(SseSubscription.to("lag").bufferSize(10).onLag(SseLagPolicy.DISCONNECT));
		}

		@GetMapping("/meters/never")
		Flux<SseEvent> never() {
			return SseKeepAlive.of(Flux.<SseEvent>never()).maxInterval(Duration.ofMillis(300));
		}

		@GetMapping("/meters/one")
		Flux<SseEvent> one() {
			return Flux.just(SseEvent.text("one"));
		}

		@GetMapping("/meters/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/meters/late-error")
		Flux<SseEvent> lateError() {
			return one().concatWith(Flux.error(new IllegalStateException("late")));
		}

	}

}
