package io.github.sse4spring.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A thread that runs streams, and the objects that those streams share. The shared
 * objects are used on the thread of the loop only. The public methods of the loop may be
 * called on any thread. Internal: a web stack extends it for the event loops of its
 * server.
 *
 * @since 0.1.0
 */
public abstract class StreamLoop implements Executor {

	private static final long ORIGIN = System.nanoTime();

	private final Deadlines deadlines = new Deadlines(this::nanoTime, this::schedule);

	private StreamBatch batch = new StreamBatch();

	/**
	 * Create a loop.
	 */
	protected StreamLoop() {
	}

	/**
	 * Return whether the caller is on the thread of this loop.
	 * @return {@code true} if so
	 */
	public abstract boolean inLoop();

	/**
	 * Run a task on the thread of this loop, after the tasks that it was given before.
	 * @throws RejectedExecutionException if the loop takes no more tasks. The task is not
	 * run then, and the loop may still be at work on the tasks that it took before
	 */
	@Override
	public abstract void execute(Runnable task);

	/**
	 * Run a task on the thread of this loop, after a delay.
	 * @param task the task
	 * @param delayNanos the delay in nanoseconds; zero or less is no delay
	 */
	public abstract void schedule(Runnable task, long delayNanos);

	/** Return a time that never goes back, in nanoseconds since a fixed moment. */
	long nanoTime() {
		return System.nanoTime() - ORIGIN;
	}

	final Deadlines deadlines() {
		return this.deadlines;
	}

	/**
	 * Return the batch that the streams of this loop share. A stream that fills the batch
	 * empties it or calls {@link #leaveBatch()} before it returns.
	 */
	final StreamBatch batch() {
		return this.batch;
	}

	/** Leave the batch to a stream that could not empty it, and create a new one. */
	final void leaveBatch() {
		this.batch = new StreamBatch();
	}

}
