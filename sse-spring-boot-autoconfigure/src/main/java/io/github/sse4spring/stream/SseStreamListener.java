package io.github.sse4spring.stream;

import java.time.Duration;

/**
 * Is told what happens to event streams, on the event loop where it happens. Must not
 * block. A listener that throws harms only itself.
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
	 * Events were written to a stream, at once. Called for every batch, so it should cost
	 * little.
	 * @param events how many, one or more
	 * @param delayNanos how long the first of them has waited since it was published to a
	 * hub; negative if it was not, was changed by an operator, or is replayed
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
	 * @param end why
	 * @param open how long it was open, whatever the clock did meanwhile
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
