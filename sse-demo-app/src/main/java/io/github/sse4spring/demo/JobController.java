package io.github.sse4spring.demo;

import java.time.Duration;
import java.util.UUID;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import reactor.core.publisher.Flux;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A job that runs whether or not a client watches it. Every client receives its progress
 * from the beginning. The stream of a finished job ends for good.
 */
@RestController
class JobController {

	private static final int STEPS = 20;

	private final SseHub hub;

	JobController(SseHub hub) {
		this.hub = hub;
	}

	@PostMapping("/jobs")
	@ResponseStatus(HttpStatus.ACCEPTED)
	Job start() {
		Job job = new Job(UUID.randomUUID());
		Flux.range(1, STEPS)
			.delayElements(Duration.ofMillis(200))
			.map((step) -> new Progress(step, STEPS))
			.map((progress) -> SseEvent.json(progress).withName("progress"))
			.doOnComplete(() -> this.hub.complete(job.topic()))
			.subscribe((event) -> this.hub.publish(job.topic(), event));
		return job;
	}

	@GetMapping("/events/jobs/{id}")
	Flux<SseEvent> job(@PathVariable UUID id) {
		return this.hub.subscribe(SseSubscription.to(new Job(id).topic()).earliest());
	}

	record Job(UUID id) {

		String topic() {
			return "job:" + this.id;
		}

	}

	record Progress(int step, int steps) {

	}

}
