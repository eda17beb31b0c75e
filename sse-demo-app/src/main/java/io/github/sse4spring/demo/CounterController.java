package io.github.sse4spring.demo;

import java.time.Duration;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Counts one number a second. A client that reconnects continues after the last number
 * that it received.
 */
@RestController
class CounterController {

	@GetMapping("/events/counter")
	Flux<SseEvent> counter(@Nullable SseLastEventId lastEventId) {
		long seen = (lastEventId != null) ? lastEventId.asLong(0) : 0;
		return Flux.interval(Duration.ofSeconds(1))
			.map((tick) -> Long.toString(seen + 1 + tick))
			.map((number) -> SseEvent.text(number).withId(number));
	}

}
