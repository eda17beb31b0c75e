package io.github.sse4spring.webflux;

import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.stream.Places;
import io.github.sse4spring.stream.SseClientKeyResolver;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseLimit;
import io.github.sse4spring.stream.SseStreamListener;
import io.github.sse4spring.stream.SseStreams;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How many streams there may be, what one gets for whom there is no room, and which there
 * are.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class LimitTests {

	private ConfigurableApplicationContext context;

	private int port;

	private SseHub hub;

	private SseConnections connections;

	private final List<RawClient> clients = new ArrayList<>();

	@BeforeEach
	void start() {
		this.context = StreamApplication.run(Server.class, "sse.limits.max-connections=5",
				"sse.limits.max-connections-per-client=3", "sse.limits.refusal-retry=20s",
				"sse.stream.stall-timeout=1s");
		this.port = StreamApplication.port(this.context);
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

	private RawClient open(String path, String user) throws IOException {
		RawClient client = RawClient.get(this.port, path, "X-User: " + user);
		this.clients.add(client);
		return client;
	}

	private void openStreams(int count, String user) throws IOException {
		int before = this.connections.list().size();
		for (int i = 0; i < count; i++) {
			open("/limited/hub", user);
		}
		await().until(() -> this.connections.list().size() == before + count);
	}

	private void awaitNone() {
		await().until(() -> this.connections.list().isEmpty());
		Places places = Places.of(this.context.getBean(SseStreams.class));
		await().until(() -> places.taken() == 0 && places.clients() == 0);
	}

	@Test
	void getAboveTheLimitIsRefusedSoftlyBeforeTheSourceIsSubscribedTo() throws IOException {
		openStreams(3, "ann");
		openStreams(2, "bob");
		RawClient refused = open("/limited/hub", "eve");
		assertThat(refused.status()).isEqualTo(200);
		assertThat(refused.header("Content-Type")).startsWith("text/event-stream");
		String body = refused.readToEnd();
		assertThat(body).startsWith(":refused: max-connections\nretry:").endsWith("\n\n");
		assertThat(retry(body)).isBetween(10_000L, 30_000L);
		assertThat(this.hub.snapshot().subscribers()).isEqualTo(5);
		assertThat(this.context.getBean(Listener.class).refusals).containsExactly("max-connections");
	}

	private static long retry(String body) {
		return Long.parseLong(body.substring(body.indexOf("retry:") + 6).strip());
	}

	@Test
	void otherMethodAboveTheLimitIs503AndSaysWhenToRetry() throws IOException {
		openStreams(3, "ann");
		try (RawClient refused = RawClient.request(this.port, "POST", "/limited/post", "X-User: ann",
				"Content-Length: 0")) {
			assertThat(refused.status()).isEqualTo(503);
			assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(10, 30);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/limited/hub", "/limited/functional", "/limited/entity" })
	void clientAboveItsLimitIsRefusedAndOthersAreNot(String path) throws IOException {
		openStreams(3, "ann");
		assertThat(open(path, "ann").readToEnd()).startsWith(":refused: max-connections-per-client\n");
		openStreams(2, "bob");
	}

	@Test
	void refusalsAreSaidOnceAMinuteNamingKeyAndValue(CapturedOutput output) throws IOException {
		openStreams(3, "ann");
		open("/limited/hub", "ann").readToEnd();
		open("/limited/hub", "ann").readToEnd();
		assertThat(output.toString().split("sse.limits.max-connections-per-client is 3")).hasSize(2);
		assertThat(output).contains("client 'ann'");
	}

	@Test
	void clientWithoutKeyIsNotLimitedByClient() throws IOException {
		openStreams(5, "nobody");
		assertThat(this.connections.list()).extracting(SseConnection::clientKey).containsOnlyNulls();
	}

	@Test
	void errorOfTheResolverIsTheStatusOfTheResponse() throws IOException {
		assertThat(open("/limited/hub", "unknown").status()).isEqualTo(401);
		awaitNone();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/limited/empty", "/limited/one", "/limited/error", "/limited/late-error",
			"/limited/status", "/limited/no-content" })
	void placeIsGivenBackHoweverAResponseEnds(String path) throws IOException {
		// Once more than a client may have streams.
		for (int i = 0; i < 4; i++) {
			assertThat(open(path, "ann").readToEnd()).doesNotContain("refused");
			awaitNone();
		}
		assertThat(this.context.getBean(Listener.class).refusals).isEmpty();
	}

	@Test
	void placeIsGivenBackWhenAClientGoesAwayBeforeAStreamHasOpened() throws IOException {
		try (ConfigurableApplicationContext other = StreamApplication.run(Server.class, "sse.stream.open-delay=1h")) {
			Places places = Places.of(other.getBean(SseStreams.class));
			RawClient client = RawClient.notReading(StreamApplication.port(other), "/limited/silent");
			await().until(() -> places.taken() == 1);
			client.close();
			await().until(() -> places.taken() == 0);
			assertThat(other.getBean(Listener.class).opened).hasValue(0);
		}
	}

	@Test
	void placeIsGivenBackWhenAStreamIsDisconnectedForItsLag() throws IOException {
		RawClient client = RawClient.notReading(this.port, "/limited/disconnect", "X-User: ann");
		this.clients.add(client);
		await().until(() -> this.connections.list().size() == 1);
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			this.hub.publish("news", SseEvent.text("x".repeat(100_000)));
			return this.connections.list().isEmpty() || this.connections.list().get(0).lag() > 10;
		});
		client.startReading().readToEnd();
		awaitNone();
	}

	@Test
	void placeIsGivenBackWhenAClientStalls() throws IOException {
		this.clients.add(RawClient.notReading(this.port, "/limited/hub", "X-User: ann"));
		await().until(() -> this.connections.list().size() == 1);
		for (int i = 0; i < 100; i++) {
			this.hub.publish("news", SseEvent.text("x".repeat(100_000)));
		}
		awaitNone();
	}

	@Test
	void placeIsGivenBackWhenAStreamIsDisconnected() throws IOException {
		openStreams(3, "ann");
		this.connections.disconnectClient("ann");
		awaitNone();
	}

	@Test
	void placeIsGivenBackWhenAStreamIsTooOldOrDrained() throws IOException {
		try (ConfigurableApplicationContext other = StreamApplication.run(Server.class, "sse.stream.max-age=1s")) {
			Places places = Places.of(other.getBean(SseStreams.class));
			try (RawClient aged = RawClient.get(StreamApplication.port(other), "/limited/hub")) {
				aged.readToEnd();
				await().until(() -> places.taken() == 0);
			}
			try (RawClient drained = RawClient.get(StreamApplication.port(other), "/limited/hub")) {
				await().until(() -> places.taken() == 1);
				other.stop();
				drained.readToEnd();
				await().until(() -> places.taken() == 0);
			}
		}
	}

	@Test
	void noPlaceIsTakenWhereNothingIsSubscribed() throws IOException {
		openStreams(3, "ann");
		openStreams(2, "bob");
		try (RawClient head = RawClient.request(this.port, "HEAD", "/limited/hub");
				RawClient end = RawClient.get(this.port, "/limited/hub", "Last-Event-ID: sse-end")) {
			assertThat(head.status()).isEqualTo(200);
			assertThat(end.status()).isEqualTo(204);
		}
		assertThat(this.context.getBean(Listener.class).refusals).isEmpty();
	}

	@Test
	void forwardedAddressCountsOnlyIfTheApplicationSaysSo() throws IOException {
		for (String strategy : List.of("none", "framework")) {
			try (ConfigurableApplicationContext plain = StreamApplication.run(NettyServer.class,
					"server.forward-headers-strategy=" + strategy);
					RawClient client = RawClient.get(StreamApplication.port(plain), "/silent",
							"X-Forwarded-For: 192.0.2.7")) {
				SseConnections open = plain.getBean(SseConnections.class);
				await().until(() -> open.count() == 1);
				assertThat(open.list().get(0).clientKey())
					.isEqualTo("none".equals(strategy) ? "127.0.0.1" : "192.0.2.7");
				assertThat(client.status()).isEqualTo(200);
			}
		}
	}

	@RepeatedTest(3)
	void asManyAsTheLimitSaysAreOpenWhenManyComeAtOnce() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		List<Callable<String>> requests = Collections.nCopies(60, () -> {
			RawClient client = RawClient.get(this.port, "/limited/hub", "X-User: nobody");
			synchronized (this.clients) {
				this.clients.add(client);
			}
			return client.readUntil("\nretry:");
		});
		List<String> answers = new ArrayList<>();
		for (Future<String> answer : threads.invokeAll(requests)) {
			answers.add(answer.get());
		}
		threads.shutdown();
		assertThat(answers).filteredOn((answer) -> answer.startsWith(":refused: max-connections\n")).hasSize(55);
		assertThat(this.context.getBean(Listener.class).refusals).hasSize(55).containsOnly("max-connections");
		assertThat(this.connections.list()).hasSize(5);
		assertThat(this.hub.snapshot().subscribers()).isEqualTo(5);
	}

	// Connections

	@Test
	void connectionsSayWhoReadsWhat() throws IOException {
		RawClient client = open("/limited/hub", "ann");
		await().until(() -> this.connections.list().size() == 1);
		this.hub.publish("news", SseEvent.text("hello"));
		client.readUntil("data:hello\n");
		SseConnection connection = this.connections.list().get(0);
		assertThat(connection.clientKey()).isEqualTo("ann");
		assertThat(connection.topics()).containsExactly("news");
		assertThat(connection.events()).isOne();
		assertThat(connection.bytes()).isPositive();
		assertThat(connection.lag()).isZero();
		assertThat(connection.unwritableSince()).isNull();
	}

	@Test
	void disconnectEndsAStreamCleanlyForItsClientToComeBack() throws IOException {
		RawClient client = open("/limited/hub", "ann");
		openStreams(1, "bob");
		await().until(() -> this.connections.list().size() == 2);
		assertThat(this.connections.disconnect("nonsense")).isFalse();
		assertThat(this.connections.disconnect(this.connections.list().get(0).id())).isTrue();
		assertThat(client.readToEnd()).endsWith("\nretry:100\n\n");
		await().until(() -> this.connections.list().size() == 1);
	}

	@Test
	void disconnectClientEndsAllItsStreamsAndNoOthers() throws IOException {
		openStreams(3, "ann");
		openStreams(2, "bob");
		assertThat(this.connections.disconnectClient("ann")).isEqualTo(3);
		await().until(() -> this.connections.list().size() == 2);
		assertThat(this.connections.list()).extracting(SseConnection::clientKey).containsOnly("bob");
		assertThat(this.connections.disconnectClient("ann")).isZero();
	}

	@Test
	void listIsTheOldestFirst() throws IOException {
		openStreams(1, "ann");
		openStreams(1, "bob");
		openStreams(1, "cid");
		assertThat(this.connections.list()).extracting(SseConnection::clientKey).containsExactly("ann", "bob", "cid");
	}

	@Test
	void withoutAPrincipalTheKeyIsTheRemoteAddress() throws IOException {
		try (ConfigurableApplicationContext plain = StreamApplication.run(NettyServer.class)) {
			RawClient client = RawClient.get(StreamApplication.port(plain), "/silent");
			this.clients.add(client);
			SseConnections open = plain.getBean(SseConnections.class);
			await().until(() -> open.list().size() == 1);
			assertThat(open.list().get(0).clientKey()).isEqualTo("127.0.0.1");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class, Listener.class })
	static class Server {

		@Bean
		WebFilter user() {
			return (exchange, chain) -> {
				String user = exchange.getRequest().getHeaders().getFirst("X-User");
				Principal principal = () -> user;
				return chain.filter(exchange.mutate().principal(Mono.just(principal)).build());
			};
		}

		@Bean
		SseClientKeyResolver keys() {
			return (exchange) -> SseClientKeyResolver.principalOrAddress().resolve(exchange).flatMap((name) -> {
				if ("unknown".equals(name)) {
					return Mono.error(new ResponseStatusException(HttpStatus.UNAUTHORIZED));
				}
				return Mono.justOrEmpty("nobody".equals(name) ? null : name);
			});
		}

		@Bean
		RouterFunction<ServerResponse> limited(SseHub hub) {
			return RouterFunctions.route()
				.GET("/limited/functional",
						(request) -> ServerResponse.ok().body(hub.subscribe("news"), SseEvent.class))
				.build();
		}

	}

	/**
	 * What has happened to streams.
	 */
	static class Listener implements SseStreamListener {

		private final List<String> refusals = new CopyOnWriteArrayList<>();

		private final AtomicInteger opened = new AtomicInteger();

		@Override
		public void onOpen(SseConnection connection) {
			this.opened.incrementAndGet();
		}

		@Override
		public void onRefused(SseLimit limit) {
			this.refusals.add(limit.code());
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/limited/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/limited/entity")
		ResponseEntity<Flux<SseEvent>> entity() {
			return ResponseEntity.ok(hub());
		}

		@PostMapping("/limited/post")
		Flux<SseEvent> post() {
			return hub();
		}

		@GetMapping("/limited/disconnect")
		Flux<SseEvent> disconnect() {
			return this.hub.subscribe(SseSubscription.to("news").bufferSize(5).onLag(SseLagPolicy.DISCONNECT));
		}

		@GetMapping("/limited/silent")
		Flux<SseEvent> silent() {
			return Flux.never();
		}

		@GetMapping("/limited/empty")
		Flux<SseEvent> empty() {
			return Flux.empty();
		}

		@GetMapping("/limited/one")
		Flux<SseEvent> one() {
			return Flux.just(SseEvent.text("one"));
		}

		@GetMapping("/limited/error")
		Flux<SseEvent> error() {
			return Flux.error(new ResponseStatusException(HttpStatus.CONFLICT));
		}

		@GetMapping("/limited/late-error")
		Flux<SseEvent> lateError() {
			return one().concatWith(Flux.error(new IllegalStateException("late")));
		}

		@GetMapping("/limited/status")
		ResponseEntity<Flux<SseEvent>> status() {
			return ResponseEntity.status(HttpStatus.ACCEPTED).body(one());
		}

		@GetMapping("/limited/no-content")
		ResponseEntity<Flux<SseEvent>> noContent() {
			return ResponseEntity.status(HttpStatus.NO_CONTENT).body(one());
		}

	}

}
