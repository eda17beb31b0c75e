package io.github.sse4spring.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.HdrHistogram.Histogram;

/**
 * One run of one server. It opens streams, publishes events, and counts deliveries until
 * all have arrived, no more arrive, or the time is over.
 */
final class Measurement implements AutoCloseable {

	private static final long SECONDS_TO_OPEN = 30;

	private static final long SECONDS_OF_GRACE = 5;

	private static final long SECONDS_OF_SILENCE = 2;

	private final Histogram latency = new Histogram(TimeUnit.MINUTES.toMicros(2), 2);

	private final List<Counter> counters = new ArrayList<>();

	private final ServerProcess server;

	private final StreamClient client;

	private Duration cpu = Duration.ZERO;

	private long expected;

	private long start;

	/** Create a measurement. Waits until the server is idle. */
	Measurement(ServerProcess server) {
		this.server = server;
		this.server.awaitIdle();
		this.client = new StreamClient("localhost", server.port());
	}

	/** Open a stream at each path. */
	void open(List<String> paths) throws InterruptedException {
		for (String path : paths) {
			Counter counter = new Counter(this.latency);
			this.counters.add(counter);
			this.client.open(path, counter);
		}
		await(() -> this.counters.stream().allMatch((counter) -> counter.open));
	}

	private static void await(BooleanSupplier condition) {
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_OPEN);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > until) {
				throw new IllegalStateException("the streams do not open");
			}
			LockSupport.parkNanos(1_000_000);
		}
	}

	/**
	 * Start publishing, and count up to this many deliveries for at most this many
	 * seconds, plus a grace time.
	 */
	void publish(Publisher publisher, long expected, int seconds) throws Exception {
		this.expected = expected;
		Duration before = this.server.cpu();
		this.start = System.nanoTime();
		publisher.publish(this.client);
		awaitQuiet(this.start + TimeUnit.SECONDS.toNanos(seconds + SECONDS_OF_GRACE));
		this.cpu = this.server.cpu().minus(before);
		if (!this.server.isAlive()) {
			throw new IllegalStateException("the server has died");
		}
	}

	private void awaitQuiet(long until) {
		long seen = -1;
		long since = System.nanoTime();
		while (System.nanoTime() < until) {
			long now = delivered();
			if (now != seen) {
				seen = now;
				since = System.nanoTime();
			}
			if (now >= this.expected || System.nanoTime() - since > TimeUnit.SECONDS.toNanos(SECONDS_OF_SILENCE)) {
				return;
			}
			LockSupport.parkNanos(20_000_000);
		}
	}

	private long delivered() {
		return this.counters.stream().mapToLong((counter) -> counter.events).sum();
	}

	/** Close the streams and return the result. */
	Result result(String name, int rate, int round) throws InterruptedException {
		close();
		if (this.counters.stream().anyMatch((counter) -> !counter.ordered)) {
			throw new IllegalStateException("events came out of order");
		}
		long end = this.counters.stream().mapToLong((counter) -> counter.lastReadAt).max().orElse(this.start);
		return new Result(name, this.counters.size(), rate, round, this.expected, delivered(), (end - this.start) / 1e9,
				this.cpu.toNanos() / 1e6, this.latency.getValueAtPercentile(50) / 1e3,
				this.latency.getValueAtPercentile(99) / 1e3, this.latency.getMaxValue() / 1e3);
	}

	@Override
	public void close() throws InterruptedException {
		this.client.close();
	}

	/**
	 * Starts publishing and does not wait for its end.
	 */
	@FunctionalInterface
	interface Publisher {

		void publish(StreamClient client) throws Exception;

	}

	/**
	 * Counts events and records the latency of each.
	 */
	private static final class Counter extends StreamReader {

		private final Histogram latency;

		private volatile long lastReadAt;

		private Counter(Histogram latency) {
			this.latency = latency;
		}

		@Override
		void reading() {
			this.lastReadAt = System.nanoTime();
		}

		@Override
		void event(long number, long publishedAt) {
			long micros = Math.max(0, readAt() - publishedAt);
			this.latency.recordValue(Math.min(micros, this.latency.getHighestTrackableValue()));
		}

	}

}
