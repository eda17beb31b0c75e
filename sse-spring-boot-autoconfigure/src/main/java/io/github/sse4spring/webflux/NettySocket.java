package io.github.sse4spring.webflux;

import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Configures the socket below the channel of a stream, and reads its state. With HTTP/2
 * the socket is that of the parent channel, shared with other streams. On the event loop
 * only.
 */
final class NettySocket {

	static final String EPOLL = "io.netty.channel.epoll.EpollSocketChannel";

	private static final boolean EPOLL_PRESENT = ClassUtils.isPresent(EPOLL, NettySocket.class.getClassLoader());

	/**
	 * The number of unsent bytes that the kernel accepts. Without this limit the kernel
	 * buffers megabytes that a client has not read, and lag is detected late.
	 */
	private static final int NOT_SENT_LOW_WATER_MARK = 16 * 1024;

	/**
	 * How many bytes may wait in the channel before a stream stops writing. A client that
	 * does not read costs this much memory plus one write.
	 */
	private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(10 * 1024, 20 * 1024);

	/** The smallest size that Netty counts for a frame of HTTP/2. */
	private static final int MIN_HTTP2_FRAME = 9;

	private final Channel channel;

	/** With HTTP/2: the number of bytes emitted so far, as Netty counts them. */
	private long emitted;

	/** How often the channel became writable again. */
	private long resumed;

	private @Nullable WriteBufferWaterMark waterMarkBefore;

	private @Nullable Runnable undo;

	NettySocket(Channel channel) {
		this.channel = channel;
	}

	boolean isHttp2() {
		return this.channel instanceof Http2StreamChannel;
	}

	/**
	 * Set the options of an event stream, where the transport supports them.
	 * @param peerTimeout how long the kernel waits for the peer before it closes the
	 * connection; zero leaves the option unchanged
	 */
	void configure(Duration peerTimeout) {
		if (this.waterMarkBefore == null) {
			this.waterMarkBefore = this.channel.config().getWriteBufferWaterMark();
			this.channel.config().setWriteBufferWaterMark(WATER_MARK);
		}
		if (EPOLL_PRESENT && this.undo == null) {
			this.undo = Epoll.set(socket(), (int) Math.min(Integer.MAX_VALUE, peerTimeout.toMillis()));
		}
	}

	/** Restore the options of the socket for the next response on it. */
	void reset() {
		if (this.waterMarkBefore != null) {
			this.channel.config().setWriteBufferWaterMark(this.waterMarkBefore);
		}
		// With HTTP/2 other streams use the same socket.
		if (this.undo != null && !isHttp2()) {
			this.undo.run();
		}
	}

	private Channel socket() {
		return isHttp2() ? this.channel.parent() : this.channel;
	}

	/** A buffer of this many bytes is about to be written. */
	void emitted(int bytes) {
		this.emitted += Math.max(MIN_HTTP2_FRAME, bytes);
	}

	/** The channel became writable again, so the socket took bytes. */
	void resumed() {
		this.resumed++;
	}

	/** Return whether the socket has not taken all bytes. */
	boolean hasPending() {
		return pending() > 0;
	}

	private long pending() {
		ChannelOutboundBuffer outbound = this.channel.unsafe().outboundBuffer();
		if (outbound != null) {
			return outbound.totalPendingWriteBytes();
		}
		WriteBufferWaterMark marks = this.channel.config().getWriteBufferWaterMark();
		return this.channel.isWritable() ? marks.high() + 1 - this.channel.bytesBeforeUnwritable()
				: marks.low() - 1 + this.channel.bytesBeforeWritable();
	}

	/**
	 * Return a number that stays the same while the socket takes nothing. With HTTP/2 it
	 * is the number of bytes taken, frame by frame. With HTTP/1.1 it combines the place
	 * in the buffer that is sent next with the number of times that the channel became
	 * writable again. The place alone is not enough: buffers are pooled, so a later write
	 * may use the same buffer at the same place. A client that reads slowly would then
	 * appear to read nothing. Between two such writes the channel becomes writable again.
	 */
	long progress() {
		ChannelOutboundBuffer outbound = this.channel.unsafe().outboundBuffer();
		if (outbound == null) {
			return this.emitted - pending();
		}
		return mix(this.resumed, mix(System.identityHashCode(outbound.current()), outbound.currentProgress()));
	}

	private static long mix(long a, long b) {
		return a * 0x9E3779B97F4A7C15L + b;
	}

	/**
	 * Loaded only where the native transport is on the class path.
	 */
	private static final class Epoll {

		private Epoll() {
		}

		/**
		 * Set the options.
		 * @return a task that restores the previous options, or {@code null} if nothing
		 * was set
		 */
		private static @Nullable Runnable set(Channel channel, int peerTimeout) {
			if (!(channel instanceof EpollSocketChannel socket)) {
				return null;
			}
			try {
				EpollSocketChannelConfig config = socket.config();
				long notSentLowWaterMark = config.getTcpNotSentLowAt();
				int userTimeout = config.getTcpUserTimeout();
				set(socket, NOT_SENT_LOW_WATER_MARK, (peerTimeout > 0) ? peerTimeout : userTimeout);
				return () -> set(socket, notSentLowWaterMark, userTimeout);
			}
			catch (ChannelException ex) {
				// The channel has been closed in the meantime.
				return null;
			}
		}

		private static void set(EpollSocketChannel socket, long notSentLowWaterMark, int userTimeout) {
			try {
				socket.config().setTcpNotSentLowAt(notSentLowWaterMark).setTcpUserTimeout(userTimeout);
			}
			catch (ChannelException ex) {
				// The channel has been closed in the meantime.
			}
		}

	}

}
