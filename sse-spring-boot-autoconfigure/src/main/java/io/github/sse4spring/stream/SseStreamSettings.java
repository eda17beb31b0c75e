package io.github.sse4spring.stream;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How streams behave, unless their flux says otherwise.
 *
 * @param keepAlive the keep-alive of every stream
 * @param openDelay how long a source may be silent before the response is opened; zero
 * opens it at once
 * @param retry what clients are told to wait before they reconnect
 * @param lifetime when streams end
 * @param wire how streams use their connection
 * @param limits how many streams there may be
 * @since 0.1.0
 */
public record SseStreamSettings(KeepAlive keepAlive, Duration openDelay, Retry retry, Lifetime lifetime, Wire wire,
		Limits limits) {

	/**
	 * How long the kernel may wait for a peer. To it one that takes nothing is one that
	 * does not answer, and that is the business of the stall timeout first.
	 * @return zero for as long as the system says
	 */
	public Duration kernelTimeout() {
		Duration stall = this.lifetime.stallTimeout;
		Duration peer = this.wire.peerTimeout;
		if (peer.isZero() || stall.isZero()) {
			return Duration.ZERO;
		}
		Duration afterStall = stall.plus(stall.dividedBy(2));
		return (peer.compareTo(afterStall) > 0) ? peer : afterStall;
	}

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

	/**
	 * When streams end.
	 *
	 * @param endOnComplete whether a stream whose flux completes tells the client not to
	 * come back
	 * @param maxAge how long a stream lives, more or less a tenth, or {@code null} for as
	 * long as it wants
	 * @param stallTimeout how long a client may take no byte while something waits; zero
	 * is for ever
	 * @param drainTimeout how long open streams may take to end when the application
	 * stops
	 */
	public record Lifetime(boolean endOnComplete, @Nullable Duration maxAge, Duration stallTimeout,
			Duration drainTimeout) {

	}

	/**
	 * How streams use their connection.
	 *
	 * @param peerTimeout how long bytes may stay unacknowledged by the peer before the
	 * connection is closed, where the transport can do that; zero is as long as the
	 * system says, and it is never shorter than the stall timeout, or at work without one
	 * @param compression whether a response may be compressed
	 * @param chunked whether a response has chunks in HTTP/1.1; else it ends with its
	 * connection
	 */
	public record Wire(Duration peerTimeout, boolean compression, boolean chunked) {

	}

	/**
	 * How many streams there may be.
	 *
	 * @param maxConnections on this node; zero is any number
	 * @param maxConnectionsPerClient of one client on this node; zero is any number
	 * @param refusalRetry what a client that was refused is told to wait, more or less a
	 * half
	 */
	public record Limits(int maxConnections, int maxConnectionsPerClient, Duration refusalRetry) {

	}

}
