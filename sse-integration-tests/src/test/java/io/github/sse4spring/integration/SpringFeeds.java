package io.github.sse4spring.integration;

import java.util.Map;

import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A controller with plain Spring event streams, as before the starter was added.
 */
@RestController
class SpringFeeds {

	@GetMapping("/spring")
	Flux<ServerSentEvent<Map<String, Integer>>> spring() {
		return Flux.range(1, 3)
			.map((number) -> ServerSentEvent.builder(Map.of("number", number))
				.id(number.toString())
				.event("tick")
				.build());
	}

	@GetMapping(path = "/strings", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> strings() {
		return Flux.just("one", "two");
	}

}
