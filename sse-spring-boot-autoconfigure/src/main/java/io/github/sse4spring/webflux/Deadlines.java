package io.github.sse4spring.webflux;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * The deadlines of all streams on one loop, served by one timer. Used on the thread of
 * the loop only.
 */
final class Deadlines {

	/*
	 * Nearly every deadline is moved later long before it comes, with every write of its
	 * stream. That only stores a number: its entry in the queue stays where it is, and is
	 * put in again when its old time has come. Only a deadline that becomes earlier gets
	 * a second entry, which makes the first one stale.
	 */
	static final long NEVER = Long.MAX_VALUE;

	/** Wake-ups are rounded up to this grid, so that many deadlines share one. */
	private static final long GRID = TimeUnit.MILLISECONDS.toNanos(50);

	/** What is later is looked at by then, so that nothing stale stays for longer. */
	private static final long HORIZON = TimeUnit.MINUTES.toNanos(1);

	private final Loop loop;

	private final PriorityQueue<Entry> queue = new PriorityQueue<>(Comparator.comparingLong(Entry::at));

	private long wakeUpAt = NEVER;

	Deadlines(Loop loop) {
		this.loop = loop;
	}

	/** A deadline that is not set yet. */
	Deadline create(Runnable action) {
		return new Deadline(action);
	}

	private void enqueue(Deadline deadline) {
		long at = Math.min(deadline.at, this.loop.nanoTime() + HORIZON);
		deadline.queuedAt = at;
		this.queue.add(new Entry(at, deadline));
		wakeUpBy(at);
	}

	/** How many entries wait, those that are stale included. */
	int size() {
		return this.queue.size();
	}

	private void wakeUpBy(long at) {
		long onGrid = (at + GRID - 1) / GRID * GRID;
		if (onGrid < this.wakeUpAt) {
			this.wakeUpAt = onGrid;
			this.loop.schedule(() -> wakeUp(onGrid), onGrid - this.loop.nanoTime());
		}
	}

	private void wakeUp(long scheduledFor) {
		if (scheduledFor != this.wakeUpAt) {
			// An earlier wake-up was scheduled after this one, and has done its work.
			return;
		}
		this.wakeUpAt = NEVER;
		long now = this.loop.nanoTime();
		while (!this.queue.isEmpty() && this.queue.peek().at <= now) {
			Entry entry = this.queue.remove();
			if (entry.at == entry.deadline.queuedAt) {
				entry.deadline.reached(now);
			}
		}
		if (!this.queue.isEmpty()) {
			wakeUpBy(this.queue.peek().at);
		}
	}

	private record Entry(long at, Deadline deadline) {

	}

	/**
	 * One deadline, which runs its action when it is reached and is then not set.
	 */
	final class Deadline {

		private Runnable action;

		private long at = NEVER;

		private long queuedAt = NEVER;

		private Deadline(Runnable action) {
			this.action = action;
		}

		/** Set it to a time of the loop, or to {@link #NEVER}, whatever it was before. */
		void set(long at) {
			this.at = at;
			if (at < this.queuedAt) {
				enqueue(this);
			}
		}

		/** Unset it for good, and let go of what the action refers to. */
		void cancel() {
			this.at = NEVER;
			this.action = () -> {
			};
		}

		private void reached(long now) {
			this.queuedAt = NEVER;
			if (this.at <= now) {
				this.at = NEVER;
				this.action.run();
			}
			else if (this.at != NEVER) {
				enqueue(this);
			}
		}

	}

}
