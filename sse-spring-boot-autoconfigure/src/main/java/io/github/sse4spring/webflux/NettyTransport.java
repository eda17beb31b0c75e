package io.github.sse4spring.webflux;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
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
final class NettyTransport implements Transport {

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

	private final StreamLoop loop;

	/**
	 * Used where others may have a say in the body: they often collect what is not
	 * flushed.
	 */
	private final @Nullable GroupTransport decorated;

	private NettyTransport(ServerHttpResponse response, HttpServerResponse nettyResponse, Connection connection,
			LoopRegistry loops, SseStreamSettings settings) {
		this.response = response;
		this.nettyResponse = nettyResponse;
		this.settings = settings;
		this.connection = connection;
		this.channel = connection.channel();
		this.socket = new NettySocket(this.channel);
		EventLoop eventLoop = this.channel.eventLoop();
		this.loop = loops.of(eventLoop, () -> new NettyLoop(eventLoop));
		this.decorated = (response instanceof AbstractServerHttpResponse) ? null
				: new GroupTransport(response, this.loop);
	}

	/**
	 * Find the connection below a response.
	 * @return its transport, or {@code null} if the response is not one of Reactor Netty
	 */
	static @Nullable Transport of(ServerHttpResponse response, LoopRegistry loops, SseStreamSettings settings) {
		if (!(nativeResponse(response) instanceof HttpServerResponse nettyResponse)) {
			return null;
		}
		Connection[] connection = new Connection[1];
		nettyResponse.withConnection((found) -> connection[0] = found);
		return new NettyTransport(response, nettyResponse, connection[0], loops, settings);
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
	public StreamLoop loop() {
		return this.loop;
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void begin(Runnable resume) {
		this.socket.configure(this.settings.kernelTimeout());
		if (this.decorated == null) {
			NettyChunks.begin(this.channel.pipeline());
		}
		this.connection.addHandlerLast(HANDLER, new ChannelInboundHandlerAdapter() {

			@Override
			public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
				if (context.channel().isWritable()) {
					NettyTransport.this.socket.resumed();
					resume.run();
				}
				super.channelWritabilityChanged(context);
			}

		});
	}

	@Override
	public DataBuffer take(Batch batch) {
		DataBuffer buffer = (this.decorated != null) ? this.decorated.take(batch) : takePooled(batch);
		this.socket.emitted(buffer.readableByteCount());
		return buffer;
	}

	private DataBuffer takePooled(Batch batch) {
		int size = Math.min(batch.size(), this.socket.isHttp2() ? MAX_HTTP2_WRITE : MAX_WRITE);
		DataBuffer buffer = NettyChunks.allocate(this.response.bufferFactory(), size);
		batch.moveTo(buffer, size);
		return buffer;
	}

	@Override
	public boolean hasPending() {
		return this.socket.hasPending();
	}

	@Override
	public long progress() {
		return this.socket.progress();
	}

	@Override
	public Mono<Void> write(Flux<DataBuffer> body) {
		if (!this.settings.wire().compression()) {
			this.nettyResponse.compression(false);
		}
		if (!this.settings.wire().chunked() || HttpVersion.HTTP_1_0.equals(this.nettyResponse.version())) {
			// Reactor Netty then ends the response with its connection. A client of
			// HTTP/1.0 does not know chunks (RFC 9112, 6.1).
			this.response.getHeaders().remove(HttpHeaders.TRANSFER_ENCODING);
		}
		return (this.decorated != null) ? this.decorated.write(body) : this.response.writeWith(body);
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public boolean abort() {
		this.channel.close();
		return true;
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
		boolean inLoop() {
			return this.eventLoop.inEventLoop();
		}

		@Override
		public void execute(Runnable task) {
			this.eventLoop.execute(task);
		}

		@Override
		@SuppressWarnings("FutureReturnValueIgnored")
		void schedule(Runnable task, long delayNanos) {
			this.eventLoop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
		}

	}

}
