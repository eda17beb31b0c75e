package io.github.sse4spring.webflux;

import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What a stream wants of the socket below its channel, and what it can know of it. With
 * HTTP/2 the socket is that of the parent channel, shared with other streams. On the
 * event loop only.
 */
final class NettySocket {

	private static final boolean EPOLL_PRESENT = ClassUtils.isPresent("io.netty.channel.epoll.EpollSocketChannel",
			NettySocket.class.getClassLoader());

	/**
	 * How many bytes the kernel takes before it has sent what it has: without this it
	 * hides megabytes that a client has not read, and lag is found late.
	 */
	private static final int NOT_SENT_LOW_WATER_MARK = 16 * 1024;

	private final Channel channel;

	private final @Nullable Http2Stream http2Stream;

	NettySocket(Channel channel) {
		this.channel = channel;
		this.http2Stream = (channel instanceof Http2StreamChannel stream) ? streamOf(stream) : null;
	}

	private static @Nullable Http2Stream streamOf(Http2StreamChannel channel) {
		Http2FrameCodec codec = channel.parent().pipeline().get(Http2FrameCodec.class);
		return (codec != null) ? codec.connection().stream(channel.stream().id()) : null;
	}

	/** Set the options of an event stream, where the transport has them. */
	void configure(Duration peerTimeout) {
		setOptions(NOT_SENT_LOW_WATER_MARK, (int) Math.min(Integer.MAX_VALUE, peerTimeout.toMillis()));
	}

	/** Leave the socket as it was, for the next response on it. */
	void reset() {
		if (this.http2Stream == null) {
			setOptions(0, 0);
		}
	}

	private void setOptions(int notSentLowWaterMark, int peerTimeout) {
		if (EPOLL_PRESENT) {
			Epoll.set(socket(), notSentLowWaterMark, peerTimeout);
		}
	}

	private Channel socket() {
		return (this.channel instanceof Http2StreamChannel) ? this.channel.parent() : this.channel;
	}

	/** Whether bytes wait that the socket has not taken. */
	boolean hasPending() {
		ChannelOutboundBuffer outbound = this.channel.unsafe().outboundBuffer();
		return (outbound != null) ? outbound.totalPendingWriteBytes() > 0
				: this.channel.bytesBeforeUnwritable() <= this.channel.config().getWriteBufferHighWaterMark();
	}

	/**
	 * A number that stays the same while the socket takes nothing. With HTTP/2 it is what
	 * the client lets this stream send, which moves whenever it reads and whenever
	 * something is sent.
	 */
	long progress() {
		ChannelOutboundBuffer outbound = this.channel.unsafe().outboundBuffer();
		if (outbound != null) {
			return mix(System.identityHashCode(outbound.current()), outbound.currentProgress());
		}
		return mix(windowSize(), this.channel.bytesBeforeUnwritable());
	}

	private int windowSize() {
		Http2FrameCodec codec = (this.http2Stream != null) ? this.channel.parent().pipeline().get(Http2FrameCodec.class)
				: null;
		return (codec != null) ? codec.connection().remote().flowController().windowSize(this.http2Stream) : 0;
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

		private static void set(Channel channel, int notSentLowWaterMark, int peerTimeout) {
			if (channel instanceof EpollSocketChannel socket) {
				try {
					socket.config().setTcpNotSentLowAt(notSentLowWaterMark).setTcpUserTimeout(peerTimeout);
				}
				catch (ChannelException ex) {
					// Closed meanwhile.
				}
			}
		}

	}

}
