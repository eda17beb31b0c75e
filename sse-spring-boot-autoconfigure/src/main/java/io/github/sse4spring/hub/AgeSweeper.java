package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * Evicts events that are too old to start with, while a hub retains any. Safe for use by
 * any thread.
 */
final class AgeSweeper {

	/*
	 * A sweep takes the time first, then looks at where the subscriptions read, without
	 * the lock of the hub. A subscription that it does not see has registered later, and
	 * so takes its own time later and starts with nothing that is evicted here. A
	 * subscription that has registered but was not placed yet stops the sweep.
	 */
	private static final int SWEEPS_OF_AN_AGE = 10;

	private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

	private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

	private final DefaultSseHub hub;

	private final LoopDispatchers dispatchers;

	private final Duration wait;

	private final AtomicBoolean waiting = new AtomicBoolean();

	AgeSweeper(DefaultSseHub hub, LoopDispatchers dispatchers, Duration shortestMaxAge) {
		this.hub = hub;
		this.dispatchers = dispatchers;
		Duration wait = shortestMaxAge.dividedBy(SWEEPS_OF_AN_AGE);
		wait = (wait.compareTo(SHORTEST_WAIT) < 0) ? SHORTEST_WAIT : wait;
		this.wait = (wait.compareTo(LONGEST_WAIT) > 0) ? LONGEST_WAIT : wait;
	}

	/** The hub retains something: sweep later, unless a sweep is waiting. */
	void sweepLater() {
		if (!this.waiting.get() && this.waiting.compareAndSet(false, true)) {
			this.hub.later(this::sweep, this.wait);
		}
	}

	private void sweep() {
		this.waiting.set(false);
		long now = this.hub.time();
		Map<Ring, Long> needed = neededByRing();
		if (needed == null || this.hub.evictOld(now, needed)) {
			sweepLater();
		}
	}

	/**
	 * How many events of each ring are before the first that a subscription needs.
	 * @return {@code null} if a subscription is about to be placed
	 */
	private @Nullable Map<Ring, Long> neededByRing() {
		Map<Ring, Long> needed = new HashMap<>();
		for (HubSubscription subscription : this.dispatchers.subscriptions()) {
			List<Cursor> cursors = subscription.placed();
			if (cursors.isEmpty()) {
				return null;
			}
			for (Cursor cursor : cursors) {
				Ring ring = cursor.topic().ring();
				if (ring != null) {
					needed.merge(ring, cursor.needsFrom(), Math::min);
				}
			}
		}
		return needed;
	}

}
