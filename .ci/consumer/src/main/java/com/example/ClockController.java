package com.example;

import java.time.Duration;
import java.util.Map;

import io.github.sse4spring.SseEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

@RestController
class ClockController {

	@GetMapping("/clock")
	Flux<SseEvent> clock() {
		return Flux.interval(Duration.ofSeconds(1))
			.map((n) -> SseEvent.json(Map.of("second", n)).withName("tick"));
	}

}
