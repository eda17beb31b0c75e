package io.github.sse4spring.webflux;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Some clients open streams on Tomcat and reset their connections. Other clients request
 * plain responses over keep-alive connections and check every byte and header. The test
 * runs for a few seconds, or for the number of seconds in the system property
 * {@code sse.hammer.seconds}. {@code sse.hammer.streams=spring} opens streams of Spring's
 * own instead. {@code sse.hammer.processor-cache} sets how many processors Tomcat keeps.
 */
class TomcatHammerTests {

	private static final int STREAMS = 24;

	private static final int ASKING = 8;

	private static final String KIND = System.getProperty("sse.hammer.streams", "events");

	/** The default of Boot and Tomcat. */
	private static final int PROCESSORS = Integer.getInteger("sse.hammer.processor-cache", 200);

	private static final Set<String> HEADERS_OF_AN_ANSWER = Set.of("content-type", "content-length", "date", "x-number",
			"keep-alive", "connection", "transfer-encoding");

	private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

	private final Set<String> samples = ConcurrentHashMap.newKeySet();

	private volatile boolean over;

	@Test
	void noHeaderOfAStreamIsOnTheAnswerOfAnotherRequest() throws Exception {
		try (ConfigurableApplicationContext context = StreamApplication.run(TomcatServer.class,
				"sse.stream.open-delay=3ms", "server.tomcat.max-keep-alive-requests=-1",
				"server.tomcat.processor-cache=" + PROCESSORS, "logging.level.org.apache=off",
				"logging.level.org.springframework=off", "logging.level.io.github.sse4spring=off",
				"logging.level.reactor=off")) {
			hammer(StreamApplication.port(context), context.getBean(SseHub.class));
		}
		System.out.println("hammer (" + KIND + "): " + this.counts + " " + this.samples);
		assertThat(count("answers")).isPositive();
		assertThat(count("streams")).isPositive();
		assertThat(count("header of a stream")).isZero();
	}

	private void hammer(int port, SseHub hub) throws Exception {
		Disposable publishing = Flux.interval(Duration.ofMillis(1))
			.onBackpressureDrop()
			.subscribe((tick) -> hub.publish("news", SseEvent.text("event " + tick)));
		ExecutorService clients = Executors.newCachedThreadPool();
		try {
			List<Future<?>> running = new ArrayList<>();
			IntStream.range(0, STREAMS).forEach((i) -> running.add(clients.submit(() -> openAndReset(port))));
			IntStream.range(0, ASKING).forEach((i) -> running.add(clients.submit(() -> ask(port, i))));
			clients.shutdown();
			clients.awaitTermination(Long.getLong("sse.hammer.seconds", 4), TimeUnit.SECONDS);
			this.over = true;
			for (Future<?> each : running) {
				each.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			this.over = true;
			publishing.dispose();
			clients.shutdownNow();
		}
	}

	private void openAndReset(int port) {
		List<String> paths = List.of("hub", "late", "failing");
		while (!this.over) {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			String path = "/hammer/" + KIND + "/" + paths.get(random.nextInt(paths.size()));
			try {
				RawClient client = RawClient.notReading(port, path);
				count("streams", 1);
				// Every stream has at least this many bytes, and so has an early error.
				client.skip(random.nextInt(3) * random.nextInt(120));
				client.reset();
			}
			catch (IOException ex) {
				count("streams ended first", 1);
			}
		}
	}

	private void ask(int port, int client) {
		long number = client * 1_000_000_000L;
		while (!this.over) {
			try (RawClient connection = RawClient.get(port, path(number))) {
				for (boolean whole = check(connection, number); whole
						&& !this.over; whole = check(connection, number)) {
					connection.again(path(++number));
				}
				number++;
			}
			catch (SocketTimeoutException ex) {
				count("no answer within ten seconds", 1);
				number++;
			}
			catch (IOException ex) {
				count("closed without an answer", 1);
				number++;
			}
			catch (RuntimeException ex) {
				count("garbled", 1);
				this.samples.add(ex.toString());
				number++;
			}
		}
	}

	private static String path(long number) {
		return ((number % 2 == 0) ? "/hammer/answer/" : "/hammer/later/") + number;
	}

	/** Return whether the response is that of its request, to the last byte. */
	private boolean check(RawClient answer, long number) throws IOException {
		count("answers", 1);
		String body;
		try {
			body = answer.readToEnd();
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			count("cut", 1);
			return false;
		}
		if (answer.header("X-Accel-Buffering") != null || answer.header("Cache-Control") != null
				|| String.valueOf(answer.header("Content-Type")).contains("event-stream")) {
			count("header of a stream", 1);
			sample(answer, body);
			return false;
		}
		boolean own = answer.status() == 200 && body.equals("{\"number\":" + number + "}")
				&& "application/json".equals(answer.header("Content-Type"))
				&& Long.toString(number).equals(answer.header("X-Number"))
				&& answer.headers()
					.keySet()
					.stream()
					.allMatch((name) -> HEADERS_OF_AN_ANSWER.contains(name.toLowerCase(Locale.ROOT)));
		if (!own) {
			count("foreign", 1);
			sample(answer, body);
		}
		return own;
	}

	private void sample(RawClient answer, String body) {
		if (this.samples.size() < 20) {
			this.samples.add("%d %s %s".formatted(answer.status(), answer.headers(), body));
		}
	}

	private void count(String what, int n) {
		this.counts.computeIfAbsent(what, (key) -> new LongAdder()).add(n);
	}

	private long count(String what) {
		return this.counts.getOrDefault(what, new LongAdder()).sum();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Handlers.class)
	static class TomcatServer {

		@Bean
		TomcatReactiveWebServerFactory server() {
			return new TomcatReactiveWebServerFactory();
		}

	}

	@RestController
	static class Handlers {

		private final SseHub hub;

		Handlers(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/hammer/answer/{number}")
		ResponseEntity<Map<String, Long>> answer(@PathVariable long number) {
			return ResponseEntity.ok().header("X-Number", Long.toString(number)).body(Map.of("number", number));
		}

		@GetMapping("/hammer/later/{number}")
		Mono<ResponseEntity<Map<String, Long>>> later(@PathVariable long number) {
			return soon().map((tick) -> answer(number));
		}

		@GetMapping("/hammer/events/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/hammer/events/late")
		Flux<SseEvent> late() {
			return soon().thenMany(this.hub.subscribe("news"));
		}

		@GetMapping("/hammer/events/failing")
		Flux<SseEvent> failing() {
			return soon().thenMany(Flux.error(new ResponseStatusException(HttpStatus.FORBIDDEN)));
		}

		@GetMapping("/hammer/spring/hub")
		Flux<ServerSentEvent<String>> springHub() {
			return Flux.interval(Duration.ofMillis(1))
				.onBackpressureDrop()
				.map((tick) -> ServerSentEvent.builder("event " + tick).build());
		}

		@GetMapping("/hammer/spring/late")
		Flux<ServerSentEvent<String>> springLate() {
			return soon().thenMany(springHub());
		}

		@GetMapping("/hammer/spring/failing")
		Flux<ServerSentEvent<String>> springFailing() {
			return soon().thenMany(Flux.error(new ResponseStatusException(HttpStatus.FORBIDDEN)));
		}

		/** Emits after zero to four milliseconds. */
		private static Mono<Long> soon() {
			return Mono.defer(() -> Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(5))));
		}

	}

}
