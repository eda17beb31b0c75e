package io.github.sse4spring.webflux;

import java.io.EOFException;
import java.nio.ByteBuffer;

import io.github.sse4spring.stream.StreamBatch;
import io.github.sse4spring.stream.StreamBody;
import io.github.sse4spring.stream.StreamLoop;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Any server through Spring's own abstraction, where every part of a batch is a group of
 * its own, since only the end of a group is flushed. Its demand alone limits what is
 * taken. Buffers are on the heap and not counted: none leaks if a group is never read.
 */
final class GroupTransport extends BodyTransport {

	/** The most that the server is given before it asks for more. */
	static final int MAX_WRITE = 16 * 1024;

	private final ServerHttpResponse response;

	/** How many bytes the server has asked for and got. On the loop only. */
	private long emitted;

	GroupTransport(ServerHttpResponse response, StreamBody body, StreamLoop loop) {
		super(body, loop);
		this.response = response;
	}

	/** Move bytes from a batch into a buffer on the heap. */
	static DataBuffer takeOnHeap(StreamBatch batch, int length) {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		batch.moveTo(bytes);
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes.flip());
	}

	@Override
	Mono<Void> respond() {
		return this.response.writeAndFlushWith(map(Mono::just));
	}

	@Override
	public void begin() {
	}

	@Override
	boolean isWritable() {
		return true;
	}

	@Override
	public int maxWrite() {
		return MAX_WRITE;
	}

	@Override
	DataBuffer take(StreamBatch batch, int length) {
		this.emitted += length;
		return takeOnHeap(batch, length);
	}

	@Override
	boolean hasUnsent() {
		return false;
	}

	@Override
	public long progress() {
		return this.emitted;
	}

	/** Fails the body with the exception that Spring takes for a client that is gone. */
	@Override
	public void abort(String why) {
		fail(new EOFException(why));
	}

	@Override
	public void release() {
	}

	@Override
	public void left() {
	}

}
