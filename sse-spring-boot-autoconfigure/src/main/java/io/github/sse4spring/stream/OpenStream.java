package io.github.sse4spring.stream;

import org.jspecify.annotations.Nullable;

/**
 * One open stream, as it is listed and ended. All methods may be called on any thread.
 */
interface OpenStream {

	/** The id of the stream in this process. */
	long id();

	/** The key of the client, or {@code null} if it is not limited. */
	@Nullable String clientKey();

	/** A snapshot of the stream. */
	SseConnection connection();

	/** End the stream on a frame boundary, for the client to come back. */
	void end(SseStreamEnd reason);

	/** Close the connection, also if the stream has ended but was not read to its end. */
	void abort(SseStreamEnd reason);

}
