package io.github.sse4spring.webflux;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseEncodingException;
import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Events hidden behind a declared type, as a client receives them. The response is an
 * error before anything is written, and never JSON without the data of the events.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractHiddenEventsTests {

	private static final List<SseEvent> EVENTS = List.of(SseEvent.text("one"));

	/** The message quoted in README.md, and the types to declare. */
	private static final String MESSAGE = "SseEvent cannot be written as JSON. For an event stream declare Flux<SseEvent>, Mono<SseEvent> or SseEvent";

	private final Class<?> server;

	private ConfigurableApplicationContext context;

	private int port;

	AbstractHiddenEventsTests(Class<?> server) {
		this.server = server;
	}

	@BeforeAll
	void start() {
		this.context = StreamApplication.run(this.server, Unseen.class);
		this.port = StreamApplication.port(this.context);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/flux-of-anything, application/json
			/flux-of-anything, application/x-ndjson
			/flux-of-anything, text/event-stream
			/flux-of-anything, */*
			/raw-flux,         */*
			/raw-flux,         text/event-stream
			/object,           */*
			/object,           text/event-stream
			/object-array,     application/json
			/object-array,     text/event-stream
			/list-of-anything, */*
			/list-of-anything, text/event-stream
			/map-of-anything,  */*
			/map-of-anything,  text/event-stream
			/mono-of-map,      text/event-stream
			/flux-of-lists,    text/event-stream
			/serializable,     text/event-stream
			/entity,           */*
			/entity,           text/event-stream
			/mono-entity,      text/event-stream
			/server-sent,      text/event-stream
			/server-sent-map,  text/event-stream
			/fn/flux,          */*
			/fn/flux,          text/event-stream
			/fn/list,          */*
			/fn/list,          text/event-stream
			/fn/stream,        */*
			""")
	void eventHiddenBehindATypeIsA500ThatNamesTheTypesToDeclare(String path, String accept, CapturedOutput output)
			throws IOException {
		try (RawClient client = RawClient.get(this.port, "/unseen" + path, "Accept: " + accept)) {
			assertThat(client.status()).isEqualTo(500);
			assertThat(client.header("Content-Type")).isNotEqualTo("text/event-stream");
			assertThat(client.readToEnd()).doesNotContain("notice");
		}
		assertThat(output).contains("500 Server Error").contains(MESSAGE);
	}

	@Test
	void otherElementsOfSuchATypeAreWrittenAsBySpring() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/unseen/no-events", "Accept: text/event-stream")) {
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.readToEnd()).isEqualTo("data:{\"n\":1}\n\nid:7\ndata:two\n\n");
		}
	}

	@Test
	void elementOfSuchATypeIsWrittenWithoutWaitingForTheNext() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/unseen/endless", "Accept: text/event-stream")) {
			assertThat(client.readUntil("\n\n")).isEqualTo("data:[1]\n\n");
		}
	}

	@Test
	void bytesAreWrittenUnchangedAsBySpring() throws IOException {
		try (RawClient client = RawClient.get(this.port, "/unseen/bytes", "Accept: text/event-stream")) {
			assertThat(client.readToEnd()).isEqualTo("data: raw\n\n");
		}
	}

	@Test
	void nestedEventCannotBePublishedAsJson() {
		SseHub hub = this.context.getBean(SseHub.class);
		assertThatExceptionOfType(SseEncodingException.class)
			.isThrownBy(() -> hub.publish(SseEvent.json(Map.of("event", SseEvent.text("one")))))
			.withMessageContaining(MESSAGE);
	}

	@RestController
	@Import(UnseenRoutes.class)
	@SuppressWarnings({ "rawtypes", "unchecked" })
	static class Unseen {

		@GetMapping("/unseen/flux-of-anything")
		Flux<?> fluxOfAnything() {
			return Flux.fromIterable(EVENTS);
		}

		@GetMapping("/unseen/no-events")
		Flux<?> noEvents() {
			return Flux.just(Map.of("n", 1), ServerSentEvent.builder("two").id("7").build());
		}

		@GetMapping("/unseen/endless")
		Flux<Object> endless() {
			return Flux.<Object>just(List.of(1)).concatWith(Flux.never());
		}

		@GetMapping("/unseen/bytes")
		Flux<byte[]> bytes() {
			return Flux.just("data: ", "raw\n\n").map((text) -> text.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/unseen/raw-flux")
		Flux rawFlux() {
			return Flux.fromIterable(EVENTS);
		}

		@GetMapping("/unseen/object")
		Object object() {
			return List.of(EVENTS.get(0));
		}

		@GetMapping("/unseen/object-array")
		Object[] objectArray() {
			return EVENTS.toArray();
		}

		@GetMapping("/unseen/list-of-anything")
		List<?> listOfAnything() {
			return EVENTS;
		}

		@GetMapping("/unseen/map-of-anything")
		Map<String, ?> mapOfAnything() {
			return Map.of("event", EVENTS.get(0));
		}

		@GetMapping("/unseen/mono-of-map")
		Mono<Map<String, Object>> monoOfMap() {
			return Mono.just(Map.of("event", EVENTS.get(0)));
		}

		@GetMapping("/unseen/flux-of-lists")
		Flux<List<?>> fluxOfLists() {
			return Flux.just(EVENTS);
		}

		@GetMapping("/unseen/serializable")
		Flux<Serializable> serializable() {
			return Flux.just(new ArrayList<>(EVENTS));
		}

		@GetMapping("/unseen/entity")
		ResponseEntity<?> entity() {
			return ResponseEntity.ok(EVENTS);
		}

		@GetMapping("/unseen/mono-entity")
		Mono<ResponseEntity<Flux<?>>> monoEntity() {
			return Mono.just(ResponseEntity.ok(Flux.fromIterable(EVENTS)));
		}

		@GetMapping("/unseen/server-sent")
		Flux<ServerSentEvent<?>> serverSent() {
			return Flux.fromIterable(EVENTS).map((event) -> ServerSentEvent.builder(event).build());
		}

		@GetMapping("/unseen/server-sent-map")
		Flux<ServerSentEvent<Map<String, Object>>> serverSentMap() {
			Map<String, Object> map = Map.of("event", EVENTS.get(0));
			return Flux.just(ServerSentEvent.builder(map).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnseenRoutes {

		@Bean
		RouterFunction<ServerResponse> unseen() {
			return RouterFunctions.route()
				.GET("/unseen/fn/flux", (request) -> ServerResponse.ok().body(Flux.fromIterable(EVENTS), Object.class))
				.GET("/unseen/fn/stream",
						(request) -> ServerResponse.ok()
							.contentType(MediaType.TEXT_EVENT_STREAM)
							.body(Flux.fromIterable(EVENTS), Object.class))
				.GET("/unseen/fn/list", (request) -> ServerResponse.ok().bodyValue(EVENTS))
				.build();
		}

	}

}
