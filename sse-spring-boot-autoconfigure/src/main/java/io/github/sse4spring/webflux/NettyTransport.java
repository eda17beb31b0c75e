package io.github.sse4spring.webflux;

import java.util.concurrent.TimeUnit;

import io.github.sse4spring.stream.SseStreamSettings;
import io.github.sse4spring.stream.SseStreams;
import io.github.sse4spring.stream.StreamBatch;
import io.github.sse4spring.stream.StreamBody;
import io.github.sse4spring.stream.StreamLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * Reactor Netty. Its demand counts buffers until they are in the kernel and does not look
 * at the channel, so that a client that does not read would cost 128 buffers of any size;
 * here the channel decides whether it is writable. One buffer a batch, which Reactor
 * Netty flushes when it has nothing more to write.
 */
final class NettyTransport extends BodyTransport {

	private static final String HANDLER = "sseWritability";

	/**
	 * The most that is written at once. Together with what NettySocket lets wait it is
	 * what a client costs that does not read.
	 */
	private static final int MAX_WRITE = 32 * 1024;

	/**
	 * The most of HTTP/2 that is written at once: progress shows whole writes only, and a
	 * client that reads slowly must be seen to read.
	 */
	private static final int MAX_HTTP2_WRITE = 16 * 1024;

	private final ServerHttpResponse response;

	private final Connection connection;

	private final Channel channel;

	private final HttpServerResponse nettyResponse;

	private final NettySocket socket;

	private final SseStreamSettings settings;

	/**
	 * Whether the response is decorated. A decorator often collects what is not flushed,
	 * so each part of a batch is a group of its own then.
	 */
	private final boolean decorated;

	private NettyTransport(ServerHttpResponse response, HttpServerResponse nettyResponse, Connection connection,
			StreamBody body, StreamLoop loop, SseStreamSettings settings) {
		super(body, loop);
		this.response = response;
		this.nettyResponse = nettyResponse;
		this.settings = settings;
		this.connection = connection;
		this.channel = connection.channel();
		this.socket = new NettySocket(this.channel);
		this.decorated = !(response instanceof AbstractServerHttpResponse);
	}

	/**
	 * Find the connection below a response.
	 * @return its transport, or {@code null} if the response is not one of Reactor Netty
	 */
	static @Nullable BodyTransport of(ServerHttpResponse response, StreamBody body, SseStreams streams) {
		if (!(nativeResponse(response) instanceof HttpServerResponse nettyResponse)) {
			return null;
		}
		Connection[] connection = new Connection[1];
		nettyResponse.withConnection((found) -> connection[0] = found);
		EventLoop eventLoop = connection[0].channel().eventLoop();
		StreamLoop loop = streams.loops().of(eventLoop, () -> new NettyLoop(eventLoop));
		return new NettyTransport(response, nettyResponse, connection[0], body, loop, streams.settings());
	}

	private static @Nullable Object nativeResponse(ServerHttpResponse response) {
		try {
			return ServerHttpResponseDecorator.getNativeResponse(response);
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			// A response that is not of a server, such as a mock.
			return null;
		}
	}

	@Override
	boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void begin() {
		this.socket.configure(this.settings.kernelTimeout());
		if (!this.decorated) {
			NettyChunks.begin(this.channel.pipeline());
		}
		this.connection.addHandlerLast(HANDLER, new ChannelInboundHandlerAdapter() {

			@Override
			public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
				if (context.channel().isWritable()) {
					NettyTransport.this.socket.resumed();
					body().ready();
				}
				super.channelWritabilityChanged(context);
			}

		});
	}

	@Override
	public int maxWrite() {
		if (this.decorated) {
			return GroupTransport.MAX_WRITE;
		}
		return this.socket.isHttp2() ? MAX_HTTP2_WRITE : MAX_WRITE;
	}

	@Override
	DataBuffer take(StreamBatch batch, int length) {
		this.socket.emitted(length);
		return this.decorated ? GroupTransport.takeOnHeap(batch, length)
				: NettyChunks.take(batch, length, this.response.bufferFactory());
	}

	@Override
	boolean hasUnsent() {
		return this.socket.hasPending();
	}

	@Override
	public long progress() {
		return this.socket.progress();
	}

	@Override
	Mono<Void> respond() {
		if (!this.settings.wire().compression()) {
			this.nettyResponse.compression(false);
		}
		if (!this.settings.wire().chunked() || HttpVersion.HTTP_1_0.equals(this.nettyResponse.version())) {
			// Reactor Netty then ends the response with its connection. A client of
			// HTTP/1.0 does not know chunks (RFC 9112, 6.1).
			this.response.getHeaders().remove(HttpHeaders.TRANSFER_ENCODING);
		}
		return this.decorated ? this.response.writeAndFlushWith(map(Mono::just)) : this.response.writeWith(this);
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void abort(String why) {
		this.channel.close();
	}

	@Override
	public void release() {
		this.connection.removeHandler(HANDLER);
		NettyChunks.end(this.channel.pipeline());
	}

	@Override
	public void left() {
		this.socket.reset();
	}

	private static final class NettyLoop extends StreamLoop {

		private final EventLoop eventLoop;

		NettyLoop(EventLoop eventLoop) {
			this.eventLoop = eventLoop;
		}

		@Override
		public boolean inLoop() {
			return this.eventLoop.inEventLoop();
		}

		@Override
		public void execute(Runnable task) {
			this.eventLoop.execute(task);
		}

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		public void schedule(Runnable task, long delayNanos) {
			this.eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
		}

	}

}
