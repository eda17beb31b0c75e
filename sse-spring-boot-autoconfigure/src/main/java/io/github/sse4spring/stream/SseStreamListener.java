package io.github.sse4spring.stream;

import java.time.Duration;

/**
 * Receives what happens to event streams. Methods are called on the event loop of the
 * stream, except {@link #onRefused}, which is called on the thread that refuses the
 * stream. A method must not block. An exception of a listener is logged, and affects
 * neither the stream nor other listeners.
 *
 * @since 0.1.0
 */
public interface SseStreamListener {

	/**
	 * A stream has opened. Its headers and its first bytes are about to be written.
	 * @param connection the stream
	 */
	default void onOpen(SseConnection connection) {
	}

	/**
	 * A batch of events was written to a stream. Called very often, so it must be cheap.
	 * @param events the number of events, one or more
	 * @param delayNanos the time from publishing the first of these events to a hub until
	 * now; negative if that event does not come from a hub, was changed by an operator,
	 * is replayed, or comes from a subscription that does not resume
	 */
	default void onBatch(int events, long delayNanos) {
	}

	/**
	 * A keep-alive comment was written to a stream.
	 */
	default void onKeepAlive() {
	}

	/**
	 * A stream that was open has ended.
	 * @param connection the stream
	 * @param end the reason
	 * @param open how long the stream was open, measured with a clock that never goes
	 * back
	 */
	default void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
	}

	/**
	 * A stream was refused.
	 * @param limit the limit that was reached
	 */
	default void onRefused(SseLimit limit) {
	}

}
