package io.github.sse4spring;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * Checks that a blocking call is detected. Without this test, the other tests would also
 * pass if BlockHound did not work.
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
