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
 * Writes to any server through Spring's own abstraction. The server flushes only at the
 * end of a group, so every part of a batch is a group of its own. Only the demand of the
 * server limits the writes. Buffers are on the heap and not reference counted: none leaks
 * if a group is never read.
 */
final class GroupTransport extends BodyTransport {

	/** The largest write, in bytes. Each write needs demand for one buffer. */
	static final int MAX_WRITE = 16 * 1024;

	private final ServerHttpResponse response;

	/** The number of bytes passed to the server. On the loop only. */
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

	/** Fail the body with an exception that Spring treats as a disconnected client. */
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
