package io.github.sse4spring.benchmarks;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * The lower limit of the work that a server on Netty does for each event and stream: it
 * writes and flushes one shared buffer that is already framed. It has no back-pressure.
 */
final class NettyFanOutServer extends SimpleChannelInboundHandler<HttpRequest> {

	private static final ByteBuf COMMENT = Unpooled
		.unreleasableBuffer(Unpooled.copiedBuffer(":\n\n", StandardCharsets.US_ASCII));

	private final ChannelGroup streams;

	private final boolean chunked;

	private final Duration keepAlive;

	private NettyFanOutServer(ChannelGroup streams, boolean chunked, Duration keepAlive) {
		this.streams = streams;
		this.chunked = chunked;
		this.keepAlive = keepAlive;
	}

	/**
	 * Start the server, and print the port.
	 * @param chunked whether responses are chunked
	 * @param keepAlive the interval between comments, zero for no comments
	 */
	static void run(boolean chunked, Duration keepAlive) throws InterruptedException {
		ChannelGroup streams = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(4,
				Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
		Channel server = new ServerBootstrap().group(group)
			.channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(new HttpServerCodec(), new NettyFanOutServer(streams, chunked, keepAlive));
				}

			})
			.bind(0)
			.sync()
			.channel();
		System.out.println("port " + ((InetSocketAddress) server.localAddress()).getPort());
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	protected void channelRead0(ChannelHandlerContext context, HttpRequest request) {
		QueryStringDecoder uri = new QueryStringDecoder(request.uri());
		if ("/heap".equals(uri.path())) {
			ByteBuf used = Unpooled.copiedBuffer(Long.toString(MemoryServer.usedHeap()), StandardCharsets.US_ASCII);
			HttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, used);
			context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
			return;
		}
		HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
		head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream");
		if (this.chunked) {
			head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
		}
		context.write(head);
		context.writeAndFlush(new DefaultHttpContent(COMMENT.duplicate()));
		if ("/publish".equals(uri.path())) {
			Publishing publishing = new Publishing(number(uri, "rate"), number(uri, "count"), number(uri, "seconds"),
					Payload.valueOf(value(uri, "payload")));
			publishing.start((number) -> publish(number, publishing.payload().text(number)));
		}
		else {
			this.streams.add(context.channel());
			if (!this.keepAlive.isZero()) {
				keepAlive(context.channel());
			}
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void keepAlive(Channel channel) {
		Future<?> comments = channel.eventLoop()
			.scheduleAtFixedRate(
					() -> channel.writeAndFlush(new DefaultHttpContent(COMMENT.duplicate()), channel.voidPromise()),
					this.keepAlive.toNanos(), this.keepAlive.toNanos(), TimeUnit.NANOSECONDS);
		channel.closeFuture().addListener((closed) -> comments.cancel(false));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

	private static int number(QueryStringDecoder uri, String name) {
		return Integer.parseInt(value(uri, name));
	}

	private static String value(QueryStringDecoder uri, String name) {
		return uri.parameters().getOrDefault(name, List.of("0")).get(0);
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void publish(long number, String text) {
		byte[] frame = ("data:" + text + "\nid:" + Payload.digits(number) + "\n\n").getBytes(StandardCharsets.US_ASCII);
		ByteBuf shared = Unpooled.unreleasableBuffer(Unpooled.directBuffer(frame.length).writeBytes(frame));
		for (Channel channel : this.streams) {
			channel.writeAndFlush(new DefaultHttpContent(shared.duplicate()), channel.voidPromise());
		}
	}

}
