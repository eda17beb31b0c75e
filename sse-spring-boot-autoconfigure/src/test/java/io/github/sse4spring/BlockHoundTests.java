package io.github.sse4spring;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Shows that what blocks is found, so that the silence of all other tests means
 * something.
 */
class BlockHoundTests {

	@Test
	void blockingOnAnEventLoopIsFound() {
		Mono<String> blocking = Mono.fromCallable(() -> {
			synchronized (this) {
				wait(1);
			}
			return "x";
		}).subscribeOn(Schedulers.parallel());
		StepVerifier.create(blocking).expectError(BlockingOperationError.class).verify(Duration.ofSeconds(5));
	}

}
