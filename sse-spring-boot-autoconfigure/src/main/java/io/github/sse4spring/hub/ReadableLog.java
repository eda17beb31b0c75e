package io.github.sse4spring.hub;

/**
 * The log of a hub, as seen by a subscription. Safe for use by any thread.
 */
interface ReadableLog {

	/**
	 * Return the sequence of the next entry. A reader loads the tail before it looks for
	 * entries below it.
	 */
	long tail();

	/**
	 * Return whether the log is closed. A reader asks this before it loads the tail: the
	 * tail of a closed log does not move any more.
	 */
	boolean isClosed();

	/** Return the position just after the entry with a sequence. */
	Position positionAt(long sequence);

}
