package io.github.sse4spring.webflux;

import java.time.Duration;

/**
 * How streams behave, unless their flux says otherwise.
 *
 * @param keepAlive the keep-alive of every stream
 * @param openDelay how long a source may be silent before the response is opened; zero
 * opens it at once
 * @param retry what clients are told to wait before they reconnect
 * @param endOnComplete whether a stream whose flux completes tells the client not to come
 * back
 * @param drainTimeout how long open streams may take to end when the application stops
 * @since 0.1.0
 */
public record SseStreamSettings(KeepAlive keepAlive, Duration openDelay, Retry retry, boolean endOnComplete,
		Duration drainTimeout) {

	/**
	 * The keep-alive of every stream.
	 *
	 * @param enabled whether to write comments at all
	 * @param maxInterval the longest time without any bytes
	 * @param comment the comment to write
	 */
	public record KeepAlive(boolean enabled, Duration maxInterval, String comment) {

	}

	/**
	 * What clients are told to wait before they reconnect, a random time for each.
	 *
	 * @param min the shortest time
	 * @param max the longest time, not below the shortest
	 */
	public record Retry(Duration min, Duration max) {

	}

}
