package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamLimitsTests {

	@Test
	void oneClientAboveItsLimitTakesNoRoomOfOthers() {
		StreamLimits limits = new StreamLimits(new SseStreamSettings.Limits(2, 1, Duration.ofSeconds(1)));
		assertThat(limits.acquire("greedy").refusal()).isNull();
		AtomicInteger refused = new AtomicInteger();
		CompletableFuture<Void> greedy = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 100_000; i++) {
				assertThat(limits.acquire("greedy").refusal()).isEqualTo(SseLimit.MAX_CONNECTIONS_PER_CLIENT);
			}
		});
		while (!greedy.isDone()) {
			StreamLimits.Permit other = limits.acquire("other");
			if (other.refusal() != null) {
				refused.incrementAndGet();
			}
			other.release();
		}
		assertThat(greedy).isCompleted();
		assertThat(refused).hasValue(0);
	}

	@Test
	void limitIsNeverExceededByOneUnderAThousandParallelConnects() throws Exception {
		StreamLimits limits = new StreamLimits(new SseStreamSettings.Limits(100, 7, Duration.ofSeconds(1)));
		AtomicInteger most = new AtomicInteger();
		AtomicInteger admitted = new AtomicInteger();
		CountDownLatch start = new CountDownLatch(1);
		ExecutorService threads = Executors.newCachedThreadPool();
		for (int i = 0; i < 1000; i++) {
			String key = (i % 3 != 0) ? "client " + i % 40 : null;
			threads.execute(() -> {
				awaitStart(start);
				for (int round = 0; round < 20; round++) {
					StreamLimits.Permit permit = limits.acquire(key);
					if (permit.refusal() == null) {
						admitted.incrementAndGet();
						most.accumulateAndGet(limits.open(), Math::max);
						Thread.yield();
					}
					permit.release();
				}
			});
		}
		start.countDown();
		threads.shutdown();
		assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		assertThat(most.get()).isBetween(1, 100);
		assertThat(admitted.get()).isPositive();
		assertThat(limits.open()).isZero();
		assertThat(limits.clients()).isZero();
	}

	private static void awaitStart(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
