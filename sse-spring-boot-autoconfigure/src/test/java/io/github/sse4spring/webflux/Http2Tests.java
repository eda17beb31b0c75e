package io.github.sse4spring.webflux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.stream.SseStreamListener;
import io.github.sse4spring.testsupport.EventStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Event streams over HTTP/2, in the clear and with TLS, and over HTTP/1.1 with TLS or
 * compressed, read by clients that people have.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class Http2Tests {

	private static final String PASSWORD = "changeit";

	@TempDir
	static Path directory;

	private static Path keyStore;

	private @Nullable ConfigurableApplicationContext context;

	/**
	 * How a client and the server speak.
	 */
	enum Line {

		H2C("http", HttpClient.Version.HTTP_2), H2("https", HttpClient.Version.HTTP_2),
		TLS("https", HttpClient.Version.HTTP_1_1);

		private final String scheme;

		private final HttpClient.Version version;

		Line(String scheme, HttpClient.Version version) {
			this.scheme = scheme;
			this.version = version;
		}

		private List<String> properties() {
			List<String> properties = new ArrayList<>(List.of("server.http2.enabled=true",
					"sse.stream.stall-timeout=1s", "sse.keep-alive.max-interval=500ms"));
			if ("https".equals(this.scheme)) {
				properties.addAll(List.of("server.ssl.key-store=" + keyStore,
						"server.ssl.key-store-password=" + PASSWORD, "server.ssl.key-store-type=PKCS12"));
			}
			return properties;
		}

	}

	@BeforeAll
	static void createCertificate() throws Exception {
		keyStore = directory.resolve("server.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"san=dns:localhost", "-storetype", "PKCS12", "-keystore", keyStore.toString(), "-storepass", PASSWORD)
			.inheritIO()
			.start();
		assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(keytool.exitValue()).isZero();
	}

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	private ConfigurableApplicationContext start(Line line) {
		this.context = StreamApplication.run(Server.class, line.properties().toArray(String[]::new));
		return this.context;
	}

	private HttpClient client(Line line) throws Exception {
		return HttpClient.newBuilder().version(line.version).sslContext(trustingOurCertificate()).build();
	}

	private static SSLContext trustingOurCertificate() throws Exception {
		KeyStore store = KeyStore.getInstance(keyStore.toFile(), PASSWORD.toCharArray());
		KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
		trusted.load(null, null);
		trusted.setCertificateEntry("server", store.getCertificate("server"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

	private HttpRequest.Builder request(Line line, String path) {
		return HttpRequest
			.newBuilder(URI.create(line.scheme + "://localhost:" + StreamApplication.port(this.context) + path));
	}

	private BufferedReader open(HttpClient client, Line line, String path) throws Exception {
		HttpResponse<InputStream> response = client.send(request(line, path).build(),
				HttpResponse.BodyHandlers.ofInputStream());
		assertThat(response.version()).isEqualTo(line.version);
		return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
	}

	private static String readData(BufferedReader reader) throws IOException {
		for (String line = reader.readLine(); line != null; line = reader.readLine()) {
			if (line.startsWith("data:")) {
				return line.substring(5);
			}
		}
		throw new AssertionError("the stream has ended");
	}

	@ParameterizedTest
	@EnumSource
	void eventsArriveAsTheyArePublishedAndTheEndIsClean(Line line) throws Exception {
		start(line);
		SseHub hub = this.context.getBean(SseHub.class);
		BufferedReader reader = open(client(line), line, "/http2/hub");
		for (int i = 0; i < 100; i++) {
			hub.publish("news", SseEvent.text("event " + i));
			assertThat(readData(reader)).isEqualTo("event " + i);
		}
		hub.complete("news");
		assertThat(reader.lines().toList()).endsWith("id:sse-end", "");
		await().until(() -> this.context.getBean(SseConnections.class).list().isEmpty());
	}

	@ParameterizedTest
	@EnumSource
	void largeEventsAreWhole(Line line) throws Exception {
		start(line);
		HttpResponse<String> response = client(line).send(request(line, "/http2/large").build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(EventStream.data(response.body())).hasSize(5).allMatch((data) -> data.length() == 1024 * 1024);
	}

	@ParameterizedTest
	@EnumSource
	void drainEndsStreamsCleanlyForTheirClientsToComeBack(Line line) throws Exception {
		start(line);
		HttpClient client = client(line);
		List<BufferedReader> readers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			readers.add(open(client, line, "/http2/hub"));
		}
		this.context.close();
		for (BufferedReader reader : readers) {
			assertThat(reader.lines().toList()).endsWith("retry:100", "");
		}
	}

	@ParameterizedTest
	@EnumSource
	void clientThatGoesAwayIsCancelled(Line line) throws Exception {
		start(line);
		BufferedReader reader = open(client(line), line, "/http2/hub");
		await().until(() -> this.context.getBean(SseConnections.class).list().size() == 1);
		reader.close();
		await().until(() -> this.context.getBean(SseConnections.class).list().isEmpty());
		assertThat(this.context.getBean(Ends.class).ends).containsExactly(SseStreamEnd.GONE);
	}

	@Test
	void stalledStreamIsResetAndTheOthersOfItsConnectionGoOn(CapturedOutput output) throws Exception {
		start(Line.H2C);
		SseHub hub = this.context.getBean(SseHub.class);
		SseConnections connections = this.context.getBean(SseConnections.class);
		reactor.netty.http.client.HttpClient client = reactor.netty.http.client.HttpClient
			.create(ConnectionProvider.create("one", 1))
			.protocol(HttpProtocol.H2C)
			.http2Settings((settings) -> settings.initialWindowSize(64 * 1024))
			.baseUrl("http://localhost:" + StreamApplication.port(this.context));
		Reader reading = new Reader(Long.MAX_VALUE);
		client.get().uri("/http2/other").responseContent().asString().subscribe(reading);
		await().until(() -> connections.list().size() == 1);
		Reader stalled = new Reader(1);
		client.get().uri("/http2/hub").responseContent().asString().subscribe(stalled);
		await().until(() -> connections.list().size() == 2);
		IntStream.range(0, 100).forEach((i) -> hub.publish("news", SseEvent.text("x".repeat(20_000))));
		await().atMost(Duration.ofSeconds(20)).until(() -> connections.list().size() == 1);
		assertThat(this.context.getBean(Ends.class).ends).containsExactly(SseStreamEnd.STALLED);
		hub.publish("other", SseEvent.text("still here"));
		await().until(() -> reading.seen.stream().anyMatch((text) -> text.contains("still here")));
		assertThat(this.context.getBean(Ports.class).remotePorts).hasSize(1);
		reading.cancel();
		stalled.cancel();
		this.context.close();
		assertThat(output).doesNotContain("ERROR", "\tat ");
	}

	@Test
	void streamThatDoesNotTakeItsEndIsResetAtDrainWithoutAStackTrace(CapturedOutput output) {
		this.context = StreamApplication.run(Server.class, "server.http2.enabled=true",
				"sse.shutdown.drain-timeout=300ms");
		SseHub hub = this.context.getBean(SseHub.class);
		Reader stalled = new Reader(1);
		reactor.netty.http.client.HttpClient.create()
			.protocol(HttpProtocol.H2C)
			.http2Settings((settings) -> settings.initialWindowSize(64 * 1024))
			.get()
			.uri("http://localhost:" + StreamApplication.port(this.context) + "/http2/hub")
			.responseContent()
			.asString()
			.subscribe(stalled);
		await().until(() -> hub.snapshot().subscribers() == 1);
		IntStream.range(0, 100).forEach((i) -> hub.publish("news", SseEvent.text("x".repeat(20_000))));
		await().until(() -> this.context.getBean(SseConnections.class).list().get(0).unwritableSince() != null);
		Ends ends = this.context.getBean(Ends.class);
		this.context.close();
		assertThat(ends.ends).containsExactly(SseStreamEnd.DRAINED);
		assertThat(output).doesNotContain("ERROR", "\tat ");
		stalled.cancel();
	}

	@Test
	void stalledClientIsClosedOverTlsToo() throws Exception {
		start(Line.TLS);
		SseHub hub = this.context.getBean(SseHub.class);
		Socket plain = new Socket();
		plain.setReceiveBufferSize(16 * 1024);
		plain.connect(new InetSocketAddress("localhost", StreamApplication.port(this.context)));
		try (Socket socket = trustingOurCertificate().getSocketFactory()
			.createSocket(plain, "localhost", plain.getPort(), true)) {
			socket.getOutputStream()
				.write("GET /http2/hub HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			await().until(() -> hub.snapshot().subscribers() == 1);
			IntStream.range(0, 200).forEach((i) -> hub.publish("news", SseEvent.text("x".repeat(100_000))));
			await().atMost(Duration.ofSeconds(20)).until(() -> hub.snapshot().subscribers() == 0);
		}
		assertThat(this.context.getBean(Ends.class).ends).containsExactly(SseStreamEnd.STALLED);
	}

	@ParameterizedTest
	@EnumSource
	void largeEventThatIsReadSlowlyIsNotAStall(Line line) throws Exception {
		String before = System.setProperty("jdk.httpclient.windowsize", "65535");
		System.setProperty("jdk.httpclient.connectionWindowSize", "65535");
		try {
			start(line);
			HttpResponse<InputStream> response = client(line).send(request(line, "/http2/one-large").build(),
					HttpResponse.BodyHandlers.ofInputStream());
			byte[] chunk = new byte[16 * 1024];
			long read = 0;
			// Slower than the stall timeout of one second, steadily.
			for (int length = response.body().read(chunk); length >= 0; length = response.body().read(chunk)) {
				read += length;
				await().pollDelay(Duration.ofMillis(80)).until(() -> true);
			}
			assertThat(read).isGreaterThan(512 * 1024);
			await().until(() -> !this.context.getBean(Ends.class).ends.isEmpty());
			assertThat(this.context.getBean(Ends.class).ends).containsExactly(SseStreamEnd.COMPLETED);
		}
		finally {
			System.clearProperty("jdk.httpclient.connectionWindowSize");
			System.clearProperty("jdk.httpclient.windowsize");
			if (before != null) {
				System.setProperty("jdk.httpclient.windowsize", before);
			}
		}
	}

	@Test
	void compressionStaysOffUnlessAllowed() throws Exception {
		this.context = StreamApplication.run(Server.class, "server.compression.enabled=true",
				"server.compression.mime-types=text/event-stream", "server.compression.min-response-size=1");
		HttpResponse<String> response = client(Line.H2C).send(
				request(Line.H2C, "/http2/large").header("Accept-Encoding", "gzip").build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
	}

	@Test
	void compressionThatIsAllowedFlushesEachBatch() throws Exception {
		this.context = StreamApplication.run(Server.class, "server.compression.enabled=true",
				"server.compression.mime-types=text/event-stream", "server.compression.min-response-size=1",
				"sse.stream.compression=true");
		SseHub hub = this.context.getBean(SseHub.class);
		HttpResponse<InputStream> response = HttpClient.newHttpClient()
			.send(request(Line.H2C, "/http2/hub").version(HttpClient.Version.HTTP_1_1)
				.header("Accept-Encoding", "gzip")
				.build(), HttpResponse.BodyHandlers.ofInputStream());
		assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
		BufferedReader reader = new BufferedReader(
				new InputStreamReader(new GZIPInputStream(response.body(), 1), StandardCharsets.UTF_8), 1);
		for (int i = 0; i < 20; i++) {
			hub.publish("news", SseEvent.text("event " + i));
			assertThat(readData(reader)).isEqualTo("event " + i);
		}
		reader.close();
	}

	@Test
	void streamWithoutChunksEndsWithItsConnection() throws Exception {
		this.context = StreamApplication.run(Server.class, "sse.stream.framing=close");
		HttpResponse<String> response = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.build()
			.send(request(Line.H2C, "/http2/large").build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.headers().firstValue("Transfer-Encoding")).isEmpty();
		assertThat(response.headers().firstValue("Connection")).hasValue("close");
		assertThat(EventStream.data(response.body())).hasSize(5);
		assertThat(response.body()).endsWith("id:sse-end\n\n");
	}

	/**
	 * Reads as much as it was told to.
	 */
	private static final class Reader extends BaseSubscriber<String> {

		private final long demand;

		private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

		Reader(long demand) {
			this.demand = demand;
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			request(this.demand);
		}

		@Override
		protected void hookOnNext(String text) {
			this.seen.add(text);
		}

		@Override
		protected void hookOnError(Throwable ex) {
			this.seen.add("error " + ex);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class, Ends.class, Ports.class })
	static class Server {

	}

	/**
	 * How the streams have ended.
	 */
	static class Ends implements SseStreamListener {

		private final List<SseStreamEnd> ends = Collections.synchronizedList(new ArrayList<>());

		@Override
		public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
			this.ends.add(end);
		}

	}

	/**
	 * From which ports requests came.
	 */
	static class Ports implements WebFilter {

		private final Set<Integer> remotePorts = ConcurrentHashMap.newKeySet();

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			this.remotePorts.add(exchange.getRequest().getRemoteAddress().getPort());
			return chain.filter(exchange);
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/http2/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/http2/other")
		Flux<SseEvent> other() {
			return this.hub.subscribe("other");
		}

		@GetMapping("/http2/one-large")
		Flux<SseEvent> oneLarge() {
			return Flux.just(SseEvent.text("x".repeat(512 * 1024)));
		}

		@GetMapping("/http2/large")
		Flux<SseEvent> large() {
			return Flux.range(0, 5).map((i) -> SseEvent.text("x".repeat(1024 * 1024)));
		}

	}

}
