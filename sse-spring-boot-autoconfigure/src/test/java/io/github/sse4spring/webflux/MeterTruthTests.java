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
import io.github.sse4spring.testsupport.RawClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

	@Test
	void metersAndEndpointSayWhatHasHappenedAndZeroInTheEnd() throws IOException {
		// 25 streams: 20 of the hub, 2 for their lag, 3 others; one more is refused.
		List<RawClient> readers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			readers.add(open("/meters/news"));
		}
		await().until(() -> this.hub.snapshot().subscribers() == 20);
		RawClient skipping = openStalled("/meters/skip");
		RawClient disconnecting = openStalled("/meters/disconnect");
		RawClient first = open("/meters/never");
		RawClient second = open("/meters/never");
		RawClient third = open("/meters/news");
		await().until(() -> this.connections.list().size() == 25 && this.hub.snapshot().subscribers() == 23);
		assertThat(open("/meters/news").readToEnd()).startsWith(":refused");
		assertThat(count("sse.streams.refused", "reason", "max-connections")).isOne();
		assertThat(count("sse.streams.refused", "reason", "max-connections-per-client")).isZero();
		assertThat(gauge("sse.connections")).isEqualTo(25);
		await().until(() -> gauge("sse.subscribers") == 23);
		assertThat(gauge("sse.topics")).isZero();
		await().until(() -> count("sse.streams.opened") == 25);

		String id = this.hub.publish("news", SseEvent.text("one")).stored().block(Duration.ofSeconds(1));
		this.hub.publish("elsewhere", SseEvent.text("two"));
		for (RawClient reader : readers) {
			reader.readUntil("data:one\n");
		}
		third.readUntil("data:one\n");
		assertThat(count("sse.events.published", "topic", "news")).isOne();
		assertThat(count("sse.events.published", "topic", "other")).isOne();
		await().until(() -> count("sse.events.delivered") == 21);
		assertThat(this.meters.get("sse.batch.events").summary().count()).isEqualTo(21);
		assertThat(this.meters.get("sse.publish.delay").timer().count()).isEqualTo(21);
		await().until(() -> gauge("sse.retained") == this.hub.snapshot().retainedBytes());
		assertThat(gauge("sse.retained")).isPositive();
		assertThat(gauge("sse.topics")).isEqualTo(2);
		JsonNode endpoint = endpoint();
		assertThat(endpoint.get("connections")).hasSize(25);
		assertThat(endpoint.get("hub").get("subscribers").asInt()).isEqualTo(23);
		assertThat(endpoint.get("truncated").asBoolean()).isFalse();

		// Lag: one skips and is told, one is disconnected.
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			this.hub.publish("lag", LARGE);
			return this.connections.list().stream().filter((each) -> each.lag() > 20).count() == 2;
		});
		String seen = disconnecting.startReading().readToEnd();
		assertThat(seen).doesNotContain("sse-lag");
		awaitClosed(SseStreamEnd.LAGGED, 1);
		long missed = Long.parseLong(skipping.startReading().readUntil("\n\nevent:sse-lag\ndata:{\"missed\":").isEmpty()
				? "" : skipping.readUntil("}").replace("}", ""));
		await().until(() -> count("sse.events.missed") == missed);
		assertThat(endpoint().get("hub").get("missed").asLong()).isEqualTo(missed);

		// Each way to end.
		first.close();
		awaitClosed(SseStreamEnd.GONE, 1);
		this.connections.disconnect(this.connections.list().get(0).id());
		awaitClosed(SseStreamEnd.DISCONNECTED, 1);
		assertThat(open("/meters/late-error").readToEnd()).contains("sse-error");
		awaitClosed(SseStreamEnd.FAILED, 1);
		assertThat(open("/meters/one").readToEnd()).contains("sse-end");
		awaitClosed(SseStreamEnd.COMPLETED, 1);
		second.close();
		awaitClosed(SseStreamEnd.GONE, 2);

		// Replay and gap.
		open("/meters/news", "Last-Event-ID: " + this.hub.snapshot().epoch() + "-0").readUntil("data:one\n");
		open("/meters/news", "Last-Event-ID: nonsense").readUntil("sse-gap");
		assertThat(id).isNotNull();
		await().until(() -> count("sse.replays") == 1);
		await().until(() -> count("sse.gaps", "reason", "unknown") == 1);
		assertThat(count("sse.gaps", "reason", "unknown")).isOne();
		assertThat(count("sse.gaps", "reason", "expired")).isZero();
		open("/meters/news", "Last-Event-ID: zzzzzzzz-1").readUntil("sse-gap");
		await().until(() -> count("sse.gaps", "reason", "restarted") == 1);
		for (int i = 0; i < 300; i++) {
			this.hub.publish("elsewhere", SseEvent.text("fill"));
		}
		open("/meters/elsewhere", "Last-Event-ID: " + this.hub.snapshot().epoch() + "-0").readUntil("sse-gap");
		await().until(() -> count("sse.gaps", "reason", "expired") == 1);

		// All over.
		this.hub.complete("news");
		this.hub.complete("lag");
		this.hub.complete("elsewhere");
		skipping.readToEnd();
		for (RawClient client : this.clients) {
			client.close();
		}
		await().until(() -> this.connections.list().isEmpty());
		assertThat(gauge("sse.connections")).isZero();
		await().until(() -> gauge("sse.subscribers") == 0);
		assertThat(endpoint().get("connections")).isEmpty();
		Timer duration = this.meters.get("sse.stream.duration").timer();
		await().until(() -> duration.count() == (long) count("sse.streams.opened"));
		double closed = this.meters.get("sse.streams.closed")
			.counters()
			.stream()
			.mapToDouble((each) -> each.count())
			.sum();
		assertThat(closed).isEqualTo(count("sse.streams.opened"));
		assertThat(duration.max(TimeUnit.MINUTES)).isBetween(0.0, 1.0);
		assertThat(duration.totalTime(TimeUnit.NANOSECONDS)).isPositive();
	}

	@Test
	void stalledAndDrainedStreamsAreCountedAsSuch() throws IOException {
		this.context.close();
		start("1s");
		RawClient stalled = openStalled("/meters/skip");
		await().until(() -> this.hub.snapshot().subscribers() == 1);
		for (int i = 0; i < 100; i++) {
			this.hub.publish("lag", LARGE);
		}
		awaitClosed(SseStreamEnd.STALLED, 1);
		RawClient drained = open("/meters/news");
		await().until(() -> this.hub.snapshot().subscribers() == 1);
		this.context.stop();
		drained.readToEnd();
		awaitClosed(SseStreamEnd.DRAINED, 1);
		stalled.close();
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
		assertThat(count("sse.keepalives")).isPositive();
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

		@GetMapping("/meters/elsewhere")
		Flux<SseEvent> elsewhere() {
			return this.hub.subscribe("elsewhere");
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
