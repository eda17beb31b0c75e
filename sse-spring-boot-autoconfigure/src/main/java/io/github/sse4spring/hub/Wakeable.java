package io.github.sse4spring.hub;

/**
 * A subscription, as seen by the loop that wakes it.
 */
interface Wakeable {

	/** On the loop: look for new entries of the log. */
	void wake();

	/**
	 * On any thread: the loop has refused a task. The subscription may not be woken for
	 * an entry any more, so it fails.
	 */
	void refused();

	/** On any thread: whether the subscription needs no wake-up any more. */
	boolean hasEnded();

}
