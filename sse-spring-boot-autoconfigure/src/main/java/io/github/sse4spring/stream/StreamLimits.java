package io.github.sse4spring.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many streams are open at once. Safe for use by any thread.
 */
final class StreamLimits {

	/*
	 * A number is compared with its limit and raised in one atomic step, so it never
	 * exceeds the limit.
	 */
	private static final Log logger = LogFactory.getLog(StreamLimits.class);

	private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

	private final SseStreamSettings.Limits settings;

	private final AtomicInteger open = new AtomicInteger();

	private final Map<String, Integer> openByClient = new ConcurrentHashMap<>();

	private final AtomicLong nextWarningOfNode = new AtomicLong(System.nanoTime());

	private final AtomicLong nextWarningOfClient = new AtomicLong(System.nanoTime());

	StreamLimits(SseStreamSettings.Limits settings) {
		this.settings = settings;
	}

	/**
	 * Ask for a place among the open streams.
	 * @param clientKey the client of the stream, or {@code null} if it is not limited
	 * @return the permit, which either holds a place until it is released, or names the
	 * limit that was reached
	 */
	Permit acquire(@Nullable String clientKey) {
		return new Permit(clientKey, refusalOf(clientKey));
	}

	private @Nullable SseLimit refusalOf(@Nullable String clientKey) {
		// The limit of the client comes first. A client at its limit must not take a
		// place
		// of the node, even for a moment.
		if (clientKey != null && !raise(clientKey)) {
			warn(this.nextWarningOfClient, SseLimit.MAX_CONNECTIONS_PER_CLIENT, this.settings.maxConnectionsPerClient(),
					"are open for client '" + StreamClient.printable(clientKey) + "'");
			return SseLimit.MAX_CONNECTIONS_PER_CLIENT;
		}
		if (!raise(this.open, this.settings.maxConnections())) {
			releaseOf(clientKey);
			warn(this.nextWarningOfNode, SseLimit.MAX_CONNECTIONS, this.settings.maxConnections(), "are open");
			return SseLimit.MAX_CONNECTIONS;
		}
		return null;
	}

	private void releaseOf(@Nullable String clientKey) {
		if (clientKey != null) {
			this.openByClient.computeIfPresent(clientKey, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

	/** How many places are taken. */
	int open() {
		return this.open.get();
	}

	/** How many clients have a place. */
	int clients() {
		return this.openByClient.size();
	}

	private static boolean raise(AtomicInteger count, int max) {
		int before = count.getAndUpdate((current) -> current + (isBelow(current, max) ? 1 : 0));
		return isBelow(before, max);
	}

	private boolean raise(String clientKey) {
		int max = this.settings.maxConnectionsPerClient();
		boolean[] raised = new boolean[1];
		this.openByClient.compute(clientKey, (key, count) -> {
			int current = (count != null) ? count : 0;
			raised[0] = isBelow(current, max);
			if (raised[0]) {
				return current + 1;
			}
			return count;
		});
		return raised[0];
	}

	private static boolean isBelow(int current, int max) {
		return max == 0 || current < max;
	}

	private static void warn(AtomicLong next, SseLimit limit, int max, String what) {
		long now = System.nanoTime();
		long due = next.get();
		if (now - due >= 0 && next.compareAndSet(due, now + MINUTE)) {
			logger.warn("An event stream was refused: sse.limits.%s is %d and that many %s".formatted(limit.code(), max,
					what) + " (this warning is logged at most once a minute)");
		}
	}

	/**
	 * A place among the open streams, or the limit that was reached.
	 */
	final class Permit {

		private final @Nullable String clientKey;

		private final @Nullable SseLimit refusal;

		private Permit(@Nullable String clientKey, @Nullable SseLimit refusal) {
			this.clientKey = clientKey;
			this.refusal = refusal;
		}

		@Nullable String clientKey() {
			return this.clientKey;
		}

		/** The limit that has refused the place, or {@code null} if it is taken. */
		@Nullable SseLimit refusal() {
			return this.refusal;
		}

		/** Give the place back, if it was taken. Called once. */
		void release() {
			if (this.refusal == null) {
				StreamLimits.this.open.decrementAndGet();
				releaseOf(this.clientKey);
			}
		}

	}

}
