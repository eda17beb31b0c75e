package io.github.sse4spring.integration;

import java.util.Map;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A controller of an application.
 */
@RestController
class Feeds {

	private final SseHub hub;

	Feeds(SseHub hub) {
		this.hub = hub;
	}

	@GetMapping("/json")
	Flux<SseEvent> json() {
		return Flux.just(SseEvent.json(Map.of("number", 1)).withName("tick"));
	}

	@GetMapping(path = "/json-only", produces = MediaType.APPLICATION_JSON_VALUE)
	Flux<SseEvent> jsonOnly() {
		return json();
	}

	@GetMapping("/seen")
	Flux<SseEvent> seen(@Nullable SseLastEventId lastEventId) {
		return Flux.just(SseEvent.text((lastEventId != null) ? lastEventId.value() : "nothing"));
	}

	@GetMapping("/hub")
	Flux<SseEvent> hub() {
		return this.hub.subscribe("news");
	}

	@PostMapping("/hub")
	void publish() {
		this.hub.publish("news", SseEvent.text("posted"));
	}

}
