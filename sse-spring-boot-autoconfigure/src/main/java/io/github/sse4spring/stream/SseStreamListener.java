package io.github.sse4spring.stream;

import java.time.Duration;

/**
 * Receives what happens to event streams, on the event loop of the stream. Must not
 * block. An exception of a listener is logged, and affects neither the stream nor other
 * listeners.
 *
 * @since 0.1.0
 */
public interface SseStreamListener {

	/**
	 * A stream has opened: its head is on the way.
	 * @param connection the stream
	 */
	default void onOpen(SseConnection connection) {
	}

	/**
	 * A batch of events was written to a stream. Called very often, so it must be cheap.
	 * @param events the number of events, one or more
	 * @param delayNanos the time from publishing the first of them to a hub until now;
	 * negative if it comes from no hub, was changed by an operator, or is replayed
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
	 * @param open how long it was open, by a clock that is never set back
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
