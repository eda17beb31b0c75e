package io.github.sse4spring.webflux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * How many streams may be open at once. Safe for use by any thread.
 */
final class StreamLimits {

	/*
	 * A number is raised only together with the test that it is not at its limit yet, in
	 * one atomic step, so that it is never exceeded however many come at once.
	 */
	static final String NODE = "max-connections";

	static final String CLIENT = "max-connections-per-client";

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
	 * Take a slot, to be given back with {@link #release(String)}.
	 * @param clientKey who wants it, or {@code null} for one who is not limited
	 * @return the limit that does not allow it, or {@code null} if the slot is taken
	 */
	@Nullable String acquire(@Nullable String clientKey) {
		// The client first: one who has too many takes nothing of the others, not even
		// for
		// a moment.
		if (clientKey != null && !raise(clientKey)) {
			warn(this.nextWarningOfClient, CLIENT, this.settings.maxConnectionsPerClient(),
					"are open for client '" + StreamClient.printable(clientKey) + "'");
			return CLIENT;
		}
		if (!raise(this.open, this.settings.maxConnections())) {
			releaseOf(clientKey);
			warn(this.nextWarningOfNode, NODE, this.settings.maxConnections(), "are open");
			return NODE;
		}
		return null;
	}

	void release(@Nullable String clientKey) {
		this.open.decrementAndGet();
		releaseOf(clientKey);
	}

	private void releaseOf(@Nullable String clientKey) {
		if (clientKey != null) {
			this.openByClient.computeIfPresent(clientKey, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

	/** How many slots are taken. */
	int open() {
		return this.open.get();
	}

	/** How many clients have a slot. */
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

	private static void warn(AtomicLong next, String limit, int max, String what) {
		long now = System.nanoTime();
		long due = next.get();
		if (now - due >= 0 && next.compareAndSet(due, now + MINUTE)) {
			logger.warn("An event stream was refused: sse.limits.%s is %d and that many %s".formatted(limit, max, what)
					+ " (more within a minute are not said)");
		}
	}

}
