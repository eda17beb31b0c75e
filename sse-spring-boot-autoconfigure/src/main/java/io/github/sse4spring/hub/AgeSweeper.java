package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * Evicts the events that are too old to start with, while a log retains any that may
 * become so. Safe for use by any thread.
 */
final class AgeSweeper {

	/*
	 * A sweep takes the time first, and then reads the cursors of the subscriptions
	 * without the lock of the log. A subscription that the sweep does not see was added
	 * later, so it takes a later time and starts with no event that is evicted here. A
	 * subscription that was added but not placed yet stops the sweep.
	 */
	private static final int SWEEPS_OF_AN_AGE = 10;

	private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);

	private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

	private final MemoryLog log;

	private final DelayedTasks delayedTasks;

	private final Duration wait;

	private final Set<HubSubscription> subscriptions = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean waiting = new AtomicBoolean();

	AgeSweeper(MemoryLog log, DelayedTasks delayedTasks, Duration shortestMaxAge) {
		this.log = log;
		this.delayedTasks = delayedTasks;
		Duration wait = shortestMaxAge.dividedBy(SWEEPS_OF_AN_AGE);
		wait = (wait.compareTo(SHORTEST_WAIT) < 0) ? SHORTEST_WAIT : wait;
		this.wait = (wait.compareTo(LONGEST_WAIT) > 0) ? LONGEST_WAIT : wait;
	}

	/** Before the subscription is placed: evict no event that it needs. */
	void add(HubSubscription subscription) {
		this.subscriptions.add(subscription);
	}

	/** The subscription has left. */
	void remove(HubSubscription subscription) {
		this.subscriptions.remove(subscription);
	}

	/** Schedule a sweep, unless one is scheduled. */
	void sweepLater() {
		if (!this.waiting.get() && this.waiting.compareAndSet(false, true)) {
			this.delayedTasks.run(this::sweep, this.wait);
		}
	}

	private void sweep() {
		this.waiting.set(false);
		long now = this.log.time();
		Map<Ring, Long> needed = neededByRing();
		if (needed == null || this.log.evictOld(now, needed)) {
			sweepLater();
		}
	}

	/**
	 * How many events of each ring are before the first that a subscription needs.
	 * @return {@code null} if a subscription is about to be placed
	 */
	private @Nullable Map<Ring, Long> neededByRing() {
		Map<Ring, Long> needed = new HashMap<>();
		for (HubSubscription subscription : this.subscriptions) {
			List<Cursor> cursors = subscription.cursors();
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
