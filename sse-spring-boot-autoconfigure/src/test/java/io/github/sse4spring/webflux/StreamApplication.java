package io.github.sse4spring.webflux;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLastEventId;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.reactive.ReactiveFlowKt;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;

/**
 * An application that returns events in every supported way. Its nested controllers are
 * found as members of the configuration class.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(excludeName = StreamApplication.SECOND_MANAGEMENT_SERVER)
class StreamApplication {

	/** With Netty also on the class path, Boot defines two beans with the same name. */
	static final String SECOND_MANAGEMENT_SERVER = "org.springframework.boot.jetty.autoconfigure.actuate.web.server"
			+ ".JettyReactiveManagementContextAutoConfiguration";

	private static final Flux<SseEvent> ONE = Flux.just(SseEvent.text("one"));

	/**
	 * Created here: Kotlin reads files of its own at first use, which would block an
	 * event loop.
	 */
	private static final Flow<SseEvent> FLOW = ReactiveFlowKt.asFlow(ONE);

	static ConfigurableApplicationContext run(Class<?> server, String... properties) {
		return run(server, StreamApplication.class, properties);
	}

	static ConfigurableApplicationContext run(Class<?> server, Class<?> more, String... properties) {
		return new SpringApplicationBuilder(StreamApplication.class, server, more)
			.properties("server.port=0", "spring.main.web-application-type=reactive", "spring.main.banner-mode=off",
					"sse.stream.retry.min=100ms", "sse.stream.retry.max=100ms",
					// As in docs/operations.md: otherwise a stream whose client is gone
					// may affect the next request.
					"server.tomcat.processor-cache=0")
			.properties(properties)
			.run();
	}

	static int port(ConfigurableApplicationContext context) {
		return ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
	}

	@Bean
	Probe probe() {
		return new Probe();
	}

	@Bean
	RouterFunction<ServerResponse> functional() {
		return RouterFunctions.route()
			.GET("/functional", (request) -> ServerResponse.ok().body(ONE, SseEvent.class))
			.build();
	}

	/**
	 * Records signals of the streams, by name.
	 */
	static final class Probe {

		private final Map<String, CompletableFuture<Void>> signals = new ConcurrentHashMap<>();

		CompletableFuture<Void> signal(String name) {
			return this.signals.computeIfAbsent(name, (key) -> new CompletableFuture<>());
		}

		void reached(String name) {
			signal(name).complete(null);
		}

	}

	@RestController
	static class ReturnTypes {

		@GetMapping("/flux")
		Flux<SseEvent> flux() {
			return ONE;
		}

		@GetMapping("/mono")
		Mono<SseEvent> mono() {
			return ONE.next();
		}

		@GetMapping("/publisher")
		Publisher<SseEvent> publisher() {
			return ONE;
		}

		@GetMapping("/flow")
		Flow<SseEvent> flow() {
			return FLOW;
		}

		@GetMapping("/event")
		SseEvent event() {
			return SseEvent.text("one");
		}

		@GetMapping("/future")
		CompletableFuture<SseEvent> future() {
			return ONE.next().toFuture();
		}

		@GetMapping("/keep-alive-type")
		SseKeepAlive keepAliveType() {
			return SseKeepAlive.of(ONE);
		}

		@GetMapping("/entity")
		ResponseEntity<Flux<SseEvent>> entity() {
			return ResponseEntity.ok(ONE);
		}

		@GetMapping("/mono-entity")
		Mono<ResponseEntity<Flux<SseEvent>>> monoEntity() {
			return Mono.just(ResponseEntity.ok(ONE));
		}

		@PostMapping("/post")
		Flux<SseEvent> post() {
			return ONE;
		}

		@GetMapping(path = "/produces-event-stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<SseEvent> producesEventStream() {
			return ONE;
		}

		@GetMapping(path = "/both", produces = MediaType.APPLICATION_JSON_VALUE)
		Map<String, String> bothAsJson() {
			return Map.of("data", "one");
		}

		@GetMapping(path = "/both", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<SseEvent> bothAsStream() {
			return ONE;
		}

	}

	@RestController
	@RequestMapping(path = "/json-by-class", produces = MediaType.APPLICATION_JSON_VALUE)
	static class JsonByClass {

		@GetMapping("/flux")
		Flux<SseEvent> flux() {
			return ONE;
		}

		@GetMapping("/entity")
		ResponseEntity<Flux<SseEvent>> entity() {
			return ResponseEntity.ok(ONE);
		}

		@GetMapping("/list")
		List<String> list() {
			return List.of("one");
		}

	}

	@Controller
	static class Views {

		@GetMapping("/view")
		Flux<SseEvent> withoutResponseBody() {
			return ONE;
		}

	}

	@RestController
	static class Streams {

		private final Probe probe;

		Streams(Probe probe) {
			this.probe = probe;
		}

		@GetMapping("/endless")
		Flux<SseEvent> endless() {
			return Flux.just(SseEvent.text("first"))
				.concatWith(Flux.never())
				.doOnSubscribe((subscription) -> this.probe.reached("endless subscribed"))
				.doOnCancel(() -> this.probe.reached("endless cancelled"));
		}

		@GetMapping("/silent")
		Flux<SseEvent> silent() {
			return Flux.<SseEvent>never().doOnCancel(() -> this.probe.reached("silent cancelled"));
		}

		@GetMapping("/finite")
		Flux<SseEvent> finite() {
			return Flux.just(SseEvent.text("a").withId("1"), SseEvent.text("b").withId("2"));
		}

		@GetMapping("/finished")
		Flux<SseEvent> finished() {
			return ONE.doOnSubscribe((subscription) -> this.probe.reached("finished subscribed"));
		}

		@GetMapping("/only-head")
		Flux<SseEvent> onlyHead() {
			return ONE.doOnSubscribe((subscription) -> this.probe.reached("only-head subscribed"));
		}

		@GetMapping("/keep-alive")
		Flux<SseEvent> keepAlive() {
			return SseKeepAlive.of(Flux.never()).maxInterval(Duration.ofMillis(100)).comment("own");
		}

		@GetMapping("/last-event-id")
		Mono<SseEvent> lastEventId(@Nullable SseLastEventId lastEventId) {
			return Mono.just(SseEvent.json((lastEventId != null) ? lastEventId.value() : null));
		}

		@GetMapping("/own-headers")
		ResponseEntity<Flux<SseEvent>> ownHeaders() {
			return ResponseEntity.accepted()
				.header("Content-Type", "text/event-stream;x=y")
				.header("Cache-Control", "no-store")
				.header("X-Accel-Buffering", "yes")
				.header("X-Own", "1")
				.body(ONE);
		}

		@GetMapping("/own-status")
		@ResponseStatus(HttpStatus.CREATED)
		Flux<SseEvent> ownStatus() {
			return ONE;
		}

		@GetMapping("/no-content")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		Flux<SseEvent> noContent() {
			return ONE.doOnSubscribe((subscription) -> this.probe.reached("no-content subscribed"));
		}

		@GetMapping("/early-error")
		Flux<SseEvent> earlyError() {
			return Mono.delay(Duration.ofMillis(10))
				.thenMany(Flux.error(new ResponseStatusException(HttpStatus.FORBIDDEN, "not yours")));
		}

		@GetMapping("/early-handled")
		Flux<SseEvent> earlyHandled() {
			return Flux.error(new IllegalArgumentException("handled"));
		}

		@GetMapping("/early-own-headers")
		Flux<SseEvent> earlyOwnHeaders(ServerHttpResponse response) {
			response.getHeaders().set("X-Own", "1");
			return Flux.defer(() -> {
				response.getHeaders().set("Cache-Control", "no-store");
				return Mono.delay(Duration.ofMillis(10)).thenMany(Flux.error(new IllegalArgumentException("own")));
			});
		}

		@GetMapping("/headers-when-subscribed")
		Flux<SseEvent> headersWhenSubscribed(ServerHttpResponse response) {
			return Flux
				.defer(() -> Flux.just(SseEvent.text(Stream.of("Content-Type", "Cache-Control", "X-Accel-Buffering")
					.map((name) -> String.valueOf(response.getHeaders().getFirst(name)))
					.collect(Collectors.joining(" | ")))));
		}

		@ExceptionHandler
		ResponseEntity<Map<String, String>> handle(IllegalArgumentException ex) {
			return ResponseEntity.unprocessableContent().body(Map.of("handled", String.valueOf(ex.getMessage())));
		}

		@GetMapping("/late-error")
		Flux<SseEvent> lateError() {
			return ONE.concatWith(Flux.error(new IllegalArgumentException("secret")));
		}

		@GetMapping("/spring")
		Flux<ServerSentEvent<String>> spring() {
			return Flux.just(ServerSentEvent.builder("one").id("1").build());
		}

	}

}
