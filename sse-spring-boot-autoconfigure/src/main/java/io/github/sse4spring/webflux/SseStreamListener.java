package io.github.sse4spring.webflux;

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
	 * A stream that was open has ended.
	 * @param connection the stream
	 * @param end why
	 */
	default void onEnd(SseConnection connection, SseStreamEnd end) {
	}

	/**
	 * A stream was refused.
	 * @param limit the property that says so: {@code max-connections} or
	 * {@code max-connections-per-client}
	 */
	default void onRefused(String limit) {
	}

}
