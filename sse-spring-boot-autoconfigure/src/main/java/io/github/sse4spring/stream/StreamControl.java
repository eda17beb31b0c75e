package io.github.sse4spring.stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;

/**
 * The writer of a stream, as seen by the classes that connect the stream to its source.
 */
interface StreamControl {

	/** On the loop: write the events that wait while the client reads. */
	void pump();

	/** On the loop: whether the writer is inside {@link #pump()}. */
	boolean isPumping();

	/** On any thread: run a task on the loop, at once if the caller is there. */
	void run(Runnable task);

	/** On any thread: run a task on the loop, after the tasks it was given before. */
	void execute(Runnable task);

	/** On any thread: whether the loop has refused a task of this stream. */
	boolean isRefused();

	/** On the loop: use these keep-alive settings, unless others were given before. */
	void useKeepAlive(SseStream.KeepAlive settings);

	/**
	 * On the loop: write a notice before the next events, unless the stream has ended.
	 */
	void writeAhead(SseEvent notice);

	/**
	 * On any thread: end the stream after a whole frame, so that the client reconnects.
	 */
	void end(SseStreamEnd reason);

}
