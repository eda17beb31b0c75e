package io.github.sse4spring.webflux;

import io.github.sse4spring.stream.StreamBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * Makes each batch a chunk of HTTP/1.1 in its own buffer, if the response has chunks.
 * Netty's encoder makes three buffers of it, with three promises and a fourth that waits
 * for them.
 */
final class NettyChunks extends ChannelOutboundHandlerAdapter {

	/*
	 * It stands right before the encoder, so that nobody else sees a chunk: they see the
	 * batch, in a buffer with room at both ends, as they would without this. It goes past
	 * the encoder only where that would do the same: the head of the response, which
	 * comes by here too, tells. Whatever else comes by is for the encoder, the last chunk
	 * included, and so is a batch if this handler is not there any more.
	 */
	private static final String NAME = "sseChunks";

	private static final int CRLF = '\r' << 8 | '\n';

	/** Eight digits and an end of line, more than any batch needs. */
	private static final int ROOM_BEFORE = 10;

	private static final int ROOM_AFTER = 2;

	private final ChannelHandlerContext encoder;

	/** Whether the encoder leaves contents as they are, but for their chunks. */
	private boolean plain;

	private boolean chunked;

	private NettyChunks(ChannelHandlerContext encoder) {
		this.encoder = encoder;
	}

	/** Take part in the response that comes next, if it is one of HTTP/1.1. */
	static void begin(ChannelPipeline pipeline) {
		ChannelHandlerContext encoder = pipeline.context(HttpServerCodec.class);
		if (encoder != null && pipeline.get(NAME) == null) {
			pipeline.addAfter(encoder.name(), NAME, new NettyChunks(encoder));
		}
	}

	/** Take no part any more. */
	static void end(ChannelPipeline pipeline) {
		if (pipeline.get(NAME) != null) {
			pipeline.remove(NAME);
		}
	}

	/**
	 * Move bytes from a batch into a buffer that has room at both ends, for the frame of
	 * a chunk.
	 * @param factory the factory of Reactor Netty
	 */
	static DataBuffer take(StreamBatch batch, int length, DataBufferFactory factory) {
		DataBuffer buffer = factory.allocateBuffer(ROOM_BEFORE + length + ROOM_AFTER);
		ByteBuf bytes = NettyDataBufferFactory.toByteBuf(buffer);
		try {
			batch.moveTo(bytes.internalNioBuffer(ROOM_BEFORE, length));
		}
		catch (Throwable ex) {
			bytes.release();
			throw ex;
		}
		return buffer.writePosition(ROOM_BEFORE + length).readPosition(ROOM_BEFORE);
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response) {
			this.plain = HttpResponseStatus.OK.equals(response.status());
			this.chunked = HttpUtil.isTransferEncodingChunked(response);
		}
		if (this.plain && message instanceof ByteBuf bytes && hasRoom(bytes)) {
			if (this.chunked) {
				frame(bytes);
			}
			this.encoder.write(bytes, promise);
		}
		else {
			context.write(message, promise);
		}
	}

	private static boolean hasRoom(ByteBuf bytes) {
		return bytes.isReadable() && bytes.readerIndex() == ROOM_BEFORE && bytes.isWritable(ROOM_AFTER);
	}

	private static void frame(ByteBuf bytes) {
		int start = bytes.readerIndex() - 2;
		bytes.setShort(start, CRLF);
		for (int rest = bytes.readableBytes(); rest > 0; rest >>>= 4) {
			bytes.setByte(--start, Character.forDigit(rest & 0xF, 16));
		}
		bytes.readerIndex(start);
		ByteBufUtil.writeShortBE(bytes, CRLF);
	}

}
