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
 * What a stream wants of the socket below its channel, and what it can know of it. With
 * HTTP/2 the socket is that of the parent channel, shared with other streams. On the
 * event loop only.
 */
final class NettySocket {

	static final String EPOLL = "io.netty.channel.epoll.EpollSocketChannel";

	private static final boolean EPOLL_PRESENT = ClassUtils.isPresent(EPOLL, NettySocket.class.getClassLoader());

	/**
	 * How many bytes the kernel takes before it has sent what it has: without this it
	 * hides megabytes that a client has not read, and lag is found late.
	 */
	private static final int NOT_SENT_LOW_WATER_MARK = 16 * 1024;

	/**
	 * How many bytes may wait in the channel before a stream stops writing. A client that
	 * does not read costs this and one write more.
	 */
	private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(10 * 1024, 20 * 1024);

	/** The least that Netty counts a frame of HTTP/2 as. */
	private static final int MIN_HTTP2_FRAME = 9;

	private final Channel channel;

	/** With HTTP/2: what was emitted so far, as Netty counts it. */
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
	 * Set the options of an event stream, where the transport has them.
	 * @param peerTimeout zero leaves the option as it is
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

	/** Leave the socket as it was, for the next response on it. */
	void reset() {
		if (this.waterMarkBefore != null) {
			this.channel.config().setWriteBufferWaterMark(this.waterMarkBefore);
		}
		// With HTTP/2 other streams are on it.
		if (this.undo != null && !isHttp2()) {
			this.undo.run();
		}
	}

	private Channel socket() {
		return isHttp2() ? this.channel.parent() : this.channel;
	}

	/** A buffer is on its way. */
	void emitted(int bytes) {
		this.emitted += Math.max(MIN_HTTP2_FRAME, bytes);
	}

	/** The channel became writable again, so the socket took bytes. */
	void resumed() {
		this.resumed++;
	}

	/** Whether bytes wait that the socket has not taken. */
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
	 * A number that stays the same while the socket takes nothing. With HTTP/2 it is how
	 * many bytes were taken, frame by frame. With HTTP/1.1 it is the place in the buffer
	 * that leaves next. Buffers are pooled, so the same buffer at the same place may be
	 * one that was written later; a client that reads slowly then looks as if it read
	 * nothing. Between the two the channel became writable again, which is counted too.
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

		/** Set the options, and return what sets them back. */
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
				// Closed meanwhile.
				return null;
			}
		}

		private static void set(EpollSocketChannel socket, long notSentLowWaterMark, int userTimeout) {
			try {
				socket.config().setTcpNotSentLowAt(notSentLowWaterMark).setTcpUserTimeout(userTimeout);
			}
			catch (ChannelException ex) {
				// Closed meanwhile.
			}
		}

	}

}
