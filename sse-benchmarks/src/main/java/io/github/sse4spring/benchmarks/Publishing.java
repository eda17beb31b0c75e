package io.github.sse4spring.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * What a server is asked to publish.
 *
 * @param rate events a second
 * @param count how many events
 * @param seconds after which it ends, ready or not
 * @param payload what the events carry
 */
record Publishing(int rate, int count, int seconds, Payload payload) {

	/** At this rate for so many seconds; three times as many are enough for anyone. */
	static Publishing of(int rate, int seconds, Payload payload) {
		return new Publishing(rate, rate * seconds, 3 * seconds, payload);
	}

	/** How a server is asked. */
	String path() {
		return "/publish?rate=%d&count=%d&seconds=%d&payload=%s".formatted(this.rate, this.count, this.seconds,
				this.payload);
	}

	/** Publish numbers at an even rate, on a thread of its own. */
	void start(LongConsumer publisher) {
		Thread thread = new Thread(() -> {
			long start = System.nanoTime();
			long end = start + TimeUnit.SECONDS.toNanos(this.seconds);
			for (int i = 0; i < this.count && System.nanoTime() < end; i++) {
				publisher.accept(i);
				long next = start + (i + 1) * 1_000_000_000L / this.rate;
				while (System.nanoTime() < next) {
					LockSupport.parkNanos(next - System.nanoTime());
				}
			}
		}, "publisher");
		thread.setDaemon(true);
		thread.start();
	}

}
