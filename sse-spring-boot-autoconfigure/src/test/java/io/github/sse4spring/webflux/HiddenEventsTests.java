package io.github.sse4spring.webflux;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Events hidden behind a declared type are never written as JSON without their data.
 */
@ExtendWith(OutputCaptureExtension.class)
class HiddenEventsTests {

	private static final List<SseEvent> EVENTS = List.of(SseEvent.text("one"));

	@ParameterizedTest
	@ValueSource(classes = { ListOf.class, MonoOfList.class, EntityOfList.class, MonoOfEntityOfList.class,
			FluxOfServerSentEvent.class, ArrayOf.class, MapOf.class, FluxOfMono.class, FluxOfWildcardList.class,
			OnlyThisMethod.class })
	void declaredTypeThatHidesEventsFailsTheStart(Class<?> controller, CapturedOutput output) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> StreamApplication.run(NettyServer.class, controller).close());
		String method = controller.getName() + "#events()";
		assertThat(output).contains("APPLICATION FAILED TO START").contains("'" + method + "'");
	}

	@Test
	void startReportNamesTheMethodItsTypeAndWhatToDeclare(CapturedOutput output) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> StreamApplication.run(NettyServer.class, ListOf.class).close());
		assertThat(output).contains(
				"""
						Description:

						The handler method '%s#events()' declares 'java.util.List<io.github.sse4spring.SseEvent>', \
						which is not an event stream. Its events would be written as JSON, without their data.

						Action:

						Do one of these:

						- for an event stream declare Flux<SseEvent>, Mono<SseEvent> or SseEvent, or one of them in ResponseEntity;
						- for JSON return the values themselves, without SseEvent.
						"""
					.formatted(ListOf.class.getName()));
	}

	@Test
	void eventsInTheModelOfAViewAndEndlessBoundsDoNotFailTheStart() {
		try (ConfigurableApplicationContext context = StreamApplication.run(NettyServer.class, Others.class)) {
			assertThat(context.isActive()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "text/event-stream" })
	void jsonMapperThatTheApplicationBuildsRefusesEventsToo(String accept) throws IOException {
		try (ConfigurableApplicationContext context = StreamApplication.run(NettyServer.class, OwnMapper.class);
				RawClient client = RawClient.get(StreamApplication.port(context), "/own", "Accept: " + accept)) {
			assertThat(client.status()).isEqualTo(500);
			assertThat(client.readToEnd()).doesNotContain("notice");
		}
	}

	@RestController
	static class ListOf {

		@GetMapping("/hidden")
		List<SseEvent> events() {
			return EVENTS;
		}

	}

	@RestController
	static class MonoOfList {

		@GetMapping("/hidden")
		Mono<List<SseEvent>> events() {
			return Mono.just(EVENTS);
		}

	}

	@Controller
	static class EntityOfList {

		@GetMapping("/hidden")
		ResponseEntity<List<SseEvent>> events() {
			return ResponseEntity.ok(EVENTS);
		}

	}

	@Controller
	static class MonoOfEntityOfList {

		@GetMapping("/hidden")
		Mono<ResponseEntity<List<SseEvent>>> events() {
			return Mono.just(ResponseEntity.ok(EVENTS));
		}

	}

	@RestController
	static class FluxOfServerSentEvent {

		@GetMapping("/hidden")
		Flux<ServerSentEvent<SseEvent>> events() {
			return Flux.fromIterable(EVENTS).map((event) -> ServerSentEvent.builder(event).build());
		}

	}

	@RestController
	static class ArrayOf {

		@GetMapping("/hidden")
		SseEvent[] events() {
			return EVENTS.toArray(new SseEvent[0]);
		}

	}

	@RestController
	static class MapOf {

		@GetMapping("/hidden")
		Map<String, SseEvent> events() {
			return Map.of("event", EVENTS.get(0));
		}

	}

	@RestController
	static class FluxOfMono {

		@GetMapping("/hidden")
		Flux<Mono<SseEvent>> events() {
			return Flux.just(Mono.just(EVENTS.get(0)));
		}

	}

	@RestController
	static class FluxOfWildcardList {

		@GetMapping("/hidden")
		Flux<? extends List<? extends SseEvent>> events() {
			return Flux.just(EVENTS);
		}

	}

	@Controller
	static class OnlyThisMethod {

		@GetMapping("/hidden")
		@ResponseBody
		List<SseEvent> events() {
			return EVENTS;
		}

	}

	@RestController
	static class OwnMapper {

		@Bean
		JsonMapper jsonMapper() {
			return JsonMapper.builder().build();
		}

		@GetMapping("/own")
		Object events() {
			return List.of(EVENTS);
		}

	}

	static class Self<T extends Self<? extends T>> {

	}

	@Controller
	static class Others {

		@GetMapping("/model")
		Map<String, List<SseEvent>> model() {
			return Map.of("events", EVENTS);
		}

		@GetMapping("/self")
		@ResponseBody
		@SuppressWarnings("rawtypes")
		Self self() {
			return new Self<>();
		}

		@GetMapping("/bounded")
		Flux<? extends SseEvent> bounded() {
			return Flux.fromIterable(EVENTS);
		}

	}

}
