package io.github.sse4spring.stream;

/**
 * The reason why a stream has ended.
 *
 * @since 0.1.0
 */
public enum SseStreamEnd {

	/** Its flux has completed. */
	COMPLETED,

	/** Its flux has failed, or could not be written. */
	FAILED,

	/** It has lagged, and its lag policy ends it. */
	LAGGED,

	/** The client has gone away. */
	GONE,

	/** The client took no byte for the stall timeout while bytes were waiting. */
	STALLED,

	/** It has reached its maximum age. */
	AGED,

	/** The application is stopping. */
	DRAINED,

	/** It was ended through {@link SseConnections}. */
	DISCONNECTED

}
