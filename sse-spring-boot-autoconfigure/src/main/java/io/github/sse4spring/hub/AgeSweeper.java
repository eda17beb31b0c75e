package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * Evicts the events that are older than the maximum age of their topic and that no
 * subscription needs. A sweep is repeated for as long as the log retains an event that
 * may become too old. Safe for use by any thread.
 */
final class AgeSweeper {

	/*
	 * A sweep takes the time first, and then reads the cursors of the subscriptions
	 * without the lock of the log. If the sweep does not see a subscription, that
	 * subscription was added later. Its start then uses a later time, so it does not
	 * start with an event that this sweep evicts. If a subscription was added but has no
	 * cursors yet, this sweep evicts nothing and another one is scheduled.
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

	/**
	 * Add a subscription, so that no event that it needs is evicted. Called before the
	 * log creates its cursors.
	 */
	void add(HubSubscription subscription) {
		this.subscriptions.add(subscription);
	}

	/** Remove a subscription that has ended. */
	void remove(HubSubscription subscription) {
		this.subscriptions.remove(subscription);
	}

	/** Schedule a sweep, unless one is scheduled. */
	void sweepLater() {
		if (!this.waiting.get() && this.waiting.compareAndSet(false, true)) {
			try {
				this.delayedTasks.run(this::sweep, this.wait);
			}
			catch (RejectedExecutionException ex) {
				// Publishing goes on without sweeps while no scheduler takes a task.
				this.waiting.set(false);
			}
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
	 * Return, for each ring, how many events come before the first event that a
	 * subscription needs.
	 * @return the numbers, or {@code null} if a subscription has no cursors yet
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
