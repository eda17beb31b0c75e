package io.github.sse4spring.stream;

/**
 * The clock and the timer of a loop.
 */
interface LoopTimer {

	/**
	 * Return a time that never goes back.
	 * @return nanoseconds since a fixed moment of this process
	 */
	long nanoTime();

	/**
	 * Run a task on the thread of the loop, after a delay.
	 * @param task the task
	 * @param delayNanos the delay in nanoseconds; zero or less is no delay
	 */
	void schedule(Runnable task, long delayNanos);

}
