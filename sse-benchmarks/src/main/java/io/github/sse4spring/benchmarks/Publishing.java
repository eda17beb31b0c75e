package io.github.sse4spring.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * A request to a server to publish.
 *
 * @param rate events a second
 * @param count how many events
 * @param seconds the time after which publishing ends, even if it is incomplete
 * @param payload the data of the events
 */
record Publishing(int rate, int count, int seconds, Payload payload) {

	/**
	 * Publish at this rate for this many seconds. A slow server may take three times as
	 * long.
	 */
	static Publishing of(int rate, int seconds, Payload payload) {
		return new Publishing(rate, rate * seconds, 3 * seconds, payload);
	}

	/** Return the path of the request. */
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
