package io.github.sse4spring.stream;

import org.jspecify.annotations.Nullable;

/**
 * One open stream, as {@link OpenStreams} lists and ends it. All methods may be called on
 * any thread.
 */
interface OpenStream {

	/** The id of the stream in this process. */
	long id();

	/** The key of the client, or {@code null} if it is not limited. */
	@Nullable String clientKey();

	/** A snapshot of the stream. */
	SseConnection connection();

	/** End the stream after a whole frame, so that the client reconnects. */
	void end(SseStreamEnd reason);

	/**
	 * Close the connection, even if the stream has ended but the client has not read it
	 * to its end.
	 */
	void abort(SseStreamEnd reason);

}
