package io.github.sse4spring.benchmarks;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * Opens event streams and passes their bytes to a {@link StreamReader} each. One thread
 * serves all of them.
 */
final class StreamClient implements AutoCloseable {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1,
			Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

	private final InetSocketAddress address;

	StreamClient(String host, int port) {
		this.address = new InetSocketAddress(host, port);
	}

	/** Connect and request a stream. Its bytes go to the reader. */
	Channel open(String path, StreamReader reader) throws InterruptedException {
		return open(path, reader, true);
	}

	/** Connect and request a stream, and read nothing of it. */
	Channel openStalled(String path) throws InterruptedException {
		return open(path, new StreamReader(), false);
	}

	private Channel open(String path, StreamReader reader, boolean reading) throws InterruptedException {
		Channel channel = connect(new Handler(reader), reading);
		String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
		channel.writeAndFlush(Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII)).sync();
		return channel;
	}

	/** Connect, and pass received bytes to a handler. */
	Channel connect(ChannelHandler handler, boolean reading) throws InterruptedException {
		Bootstrap bootstrap = new Bootstrap().group(this.group)
			.channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
			.option(ChannelOption.AUTO_READ, reading)
			.handler(handler);
		if (!reading) {
			bootstrap.option(ChannelOption.SO_RCVBUF, 16 * 1024);
		}
		return bootstrap.connect(this.address).sync().channel();
	}

	@Override
	public void close() throws InterruptedException {
		this.group.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
	}

	private static final class Handler extends ChannelInboundHandlerAdapter {

		private final StreamReader reader;

		private Handler(StreamReader reader) {
			this.reader = reader;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf bytes = (ByteBuf) message;
			try {
				this.reader.read(bytes);
			}
			finally {
				bytes.release();
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.reader.closed();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
