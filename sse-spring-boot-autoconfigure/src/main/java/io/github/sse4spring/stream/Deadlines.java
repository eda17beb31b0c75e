package io.github.sse4spring.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The deadlines of all streams on one loop, served by one timer. Used on the thread of
 * the loop only.
 */
final class Deadlines {

	/*
	 * Every write of a stream moves its deadline to a later time, long before the
	 * deadline is reached. To move a deadline to a later time only stores a number. The
	 * entry stays in its list. When its old time has come, it is added again for its new
	 * time. Only a deadline that becomes earlier gets a second entry, which makes the
	 * first one stale. Times are rounded up to a grid, so there are few of them, and each
	 * has a plain list. The memory of a stream at rest is not in the processor cache, so
	 * every access to an entry is slow. That is why no entry is accessed before its time
	 * has come.
	 */
	static final long NEVER = Long.MAX_VALUE;

	/** Wake-ups are rounded up to this grid, so that many deadlines share one. */
	private static final long GRID = TimeUnit.MILLISECONDS.toNanos(50);

	/** Entries are visited at least this often, so stale ones do not stay for longer. */
	private static final long HORIZON = TimeUnit.MINUTES.toNanos(1);

	private static final Log logger = LogFactory.getLog(Deadlines.class);

	private final LongSupplier clock;

	private final ObjLongConsumer<Runnable> timer;

	private final NavigableMap<Long, List<Deadline>> waiting = new TreeMap<>();

	private long wakeUpAt = NEVER;

	/**
	 * Create it without deadlines.
	 * @param clock the time of the loop in nanoseconds, which never goes back
	 * @param timer runs a task on the loop after a delay in nanoseconds
	 */
	Deadlines(LongSupplier clock, ObjLongConsumer<Runnable> timer) {
		this.clock = clock;
		this.timer = timer;
	}

	/** Create a deadline that is not set yet. */
	Deadline create(Runnable action) {
		return new Deadline(action);
	}

	private void enqueue(Deadline deadline) {
		long at = Math.min(deadline.at, this.clock.getAsLong() + HORIZON);
		deadline.queuedAt = (at + GRID - 1) / GRID * GRID;
		this.waiting.computeIfAbsent(deadline.queuedAt, (time) -> new ArrayList<>()).add(deadline);
		wakeUpBy(deadline.queuedAt);
	}

	/** How many entries wait, stale ones included. */
	int size() {
		return this.waiting.values().stream().mapToInt(List::size).sum();
	}

	private void wakeUpBy(long at) {
		if (at < this.wakeUpAt) {
			this.wakeUpAt = at;
			this.timer.accept(() -> wakeUp(at), at - this.clock.getAsLong());
		}
	}

	private void wakeUp(long scheduledFor) {
		if (scheduledFor != this.wakeUpAt) {
			// Another wake-up was scheduled after this one, for an earlier time. It has
			// replaced this one.
			return;
		}
		this.wakeUpAt = NEVER;
		long now = this.clock.getAsLong();
		while (!this.waiting.isEmpty() && this.waiting.firstKey() <= now) {
			Map.Entry<Long, List<Deadline>> due = this.waiting.pollFirstEntry();
			for (Deadline deadline : due.getValue()) {
				if (deadline.queuedAt == due.getKey()) {
					deadline.reached(now);
				}
			}
		}
		if (!this.waiting.isEmpty()) {
			wakeUpBy(this.waiting.firstKey());
		}
	}

	/**
	 * One deadline. When it is reached, it runs its action and is no longer set.
	 */
	final class Deadline {

		private Runnable action;

		private long at = NEVER;

		private long queuedAt = NEVER;

		private Deadline(Runnable action) {
			this.action = action;
		}

		/** Set this deadline to a time of the loop, or unset it with {@link #NEVER}. */
		void set(long at) {
			this.at = at;
			if (at <= this.queuedAt - GRID) {
				enqueue(this);
			}
		}

		/** Unset this deadline for good, and release its action. */
		void cancel() {
			this.at = NEVER;
			this.action = () -> {
			};
		}

		private void reached(long now) {
			this.queuedAt = NEVER;
			if (this.at <= now) {
				this.at = NEVER;
				run();
			}
			else if (this.at != NEVER) {
				enqueue(this);
			}
		}

		private void run() {
			try {
				this.action.run();
			}
			catch (Throwable ex) {
				// Go on, so that the other deadlines of this time are reached.
				logger.error("The action of a deadline of an event stream has failed", ex);
			}
		}

	}

}
