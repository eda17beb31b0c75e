package io.github.sse4spring.webflux;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One thread, and what the streams that live on it share. All that is reached through a
 * loop, but for its own methods, is used on its thread only.
 */
abstract class Loop implements Executor {

	private static final long ORIGIN = System.nanoTime();

	private final Deadlines deadlines = new Deadlines(this);

	private final Batch batch = new Batch();

	/** Whether the caller is on the thread of this loop. */
	abstract boolean inLoop();

	/** Hand a task to the thread of this loop. */
	abstract void enqueue(Runnable task);

	/** Hand a task to the thread of this loop, after a delay. */
	abstract void schedule(Runnable task, long delayNanos);

	/** Run a task on the thread of this loop, after those that it was given before. */
	@Override
	public final void execute(Runnable task) {
		try {
			enqueue(task);
		}
		catch (RejectedExecutionException ex) {
			// The thread is gone with its server, so nobody else runs anything of this
			// loop.
			task.run();
		}
	}

	/** Time that never goes back, from a start of its own. */
	long nanoTime() {
		return System.nanoTime() - ORIGIN;
	}

	/**
	 * Run a task now if the caller is on the thread of this loop, else there and soon.
	 */
	final void run(Runnable task) {
		if (inLoop()) {
			task.run();
		}
		else {
			execute(task);
		}
	}

	final Deadlines deadlines() {
		return this.deadlines;
	}

	/** A batch to fill and to empty again before anything else happens. */
	final Batch batch() {
		return this.batch;
	}

}
