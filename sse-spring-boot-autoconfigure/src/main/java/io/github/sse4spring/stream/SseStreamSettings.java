package io.github.sse4spring.stream;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How streams behave, unless their flux has settings of its own.
 *
 * @param keepAlive the keep-alive of every stream
 * @param openDelay how long a source may be silent before the response is opened anyway;
 * zero opens it at once
 * @param retry the time after which clients reconnect
 * @param lifetime when streams end
 * @param wire how streams use their connection
 * @param limits how many streams there may be
 * @since 0.1.0
 */
public record SseStreamSettings(KeepAlive keepAlive, Duration openDelay, Retry retry, Lifetime lifetime, Wire wire,
		Limits limits) {

	/**
	 * Return how long the kernel waits for a peer before it closes the connection. The
	 * kernel cannot distinguish a peer that takes no bytes from a peer that is gone. The
	 * stall timeout must act first, so a time that is not zero is at least one and a half
	 * times the stall timeout.
	 * @return the time, or zero for that of the operating system
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
	 * The time after which clients reconnect. Each client gets a random time in this
	 * range.
	 *
	 * @param min the shortest time
	 * @param max the longest time, not below the shortest
	 */
	public record Retry(Duration min, Duration max) {

	}

	/**
	 * When streams end.
	 *
	 * @param endOnComplete whether a client must not come back after the flux of its
	 * stream has completed
	 * @param maxAge how long a stream lives, plus or minus a tenth, or {@code null} for
	 * no limit
	 * @param stallTimeout how long a client may take no byte while bytes wait; zero for
	 * no limit
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
	 * connection is closed, where the transport has that; zero is the time of the
	 * operating system. Not used without a stall timeout
	 * @param compression whether a response may be compressed
	 * @param chunked whether an HTTP/1.1 response is chunked; if not, the response ends
	 * when its connection is closed
	 */
	public record Wire(Duration peerTimeout, boolean compression, boolean chunked) {

	}

	/**
	 * How many streams there may be.
	 *
	 * @param maxConnections how many streams this node may have; zero for no limit
	 * @param maxConnectionsPerClient how many streams one client may have on this node;
	 * zero for no limit
	 * @param refusalRetry the time after which a refused client reconnects, plus or minus
	 * a half
	 */
	public record Limits(int maxConnections, int maxConnectionsPerClient, Duration refusalRetry) {

	}

}
