package io.github.sse4spring.webflux;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One thread, and what the streams that live on it share. All that is reached through a
 * loop, but for its own methods, is used on its thread only.
 */
abstract class StreamLoop implements Executor {

	private static final long ORIGIN = System.nanoTime();

	private final Deadlines deadlines = new Deadlines(this);

	private Batch batch = new Batch();

	/** Whether the caller is on the thread of this loop. */
	abstract boolean inLoop();

	/** Hand a task to the thread of this loop, after a delay. */
	abstract void schedule(Runnable task, long delayNanos);

	/**
	 * Run a task on the thread of this loop, after those that it was given before.
	 * @throws RejectedExecutionException if the loop takes no more tasks. The task is not
	 * run then, and the loop may still be at work on those that it took before
	 */
	@Override
	public abstract void execute(Runnable task);

	/** Time that never goes back, from a start of its own. */
	long nanoTime() {
		return System.nanoTime() - ORIGIN;
	}

	final Deadlines deadlines() {
		return this.deadlines;
	}

	/** A batch to fill and to empty again before anything else happens. */
	final Batch batch() {
		return this.batch;
	}

	/** Leave the batch to a stream that could not empty it, and have a new one. */
	final void leaveBatch() {
		this.batch = new Batch();
	}

}
