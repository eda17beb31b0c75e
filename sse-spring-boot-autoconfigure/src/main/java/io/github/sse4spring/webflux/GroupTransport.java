package io.github.sse4spring.webflux;

import java.util.concurrent.atomic.AtomicLong;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Any server through Spring's own abstraction, where every part of a batch is a group of
 * its own, since only the end of a group is flushed. Its demand alone limits what is
 * taken. Buffers are on the heap and not counted: none leaks if a group is never read.
 */
final class GroupTransport implements Transport {

	/** The most that the server is given before it asks for more. */
	private static final int MAX_WRITE = 16 * 1024;

	private final ServerHttpResponse response;

	private final StreamLoop loop;

	/** How many bytes the server has asked for and got. */
	private final AtomicLong emitted = new AtomicLong();

	GroupTransport(ServerHttpResponse response, StreamLoop loop) {
		this.response = response;
		this.loop = loop;
	}

	@Override
	public StreamLoop loop() {
		return this.loop;
	}

	@Override
	public boolean isWritable() {
		return true;
	}

	@Override
	public void begin(Runnable resume) {
	}

	@Override
	public DataBuffer take(Batch batch) {
		int size = Math.min(batch.size(), MAX_WRITE);
		DataBuffer buffer = DefaultDataBufferFactory.sharedInstance.allocateBuffer(size);
		batch.moveTo(buffer, size);
		this.emitted.addAndGet(size);
		return buffer;
	}

	@Override
	public Mono<Void> write(Flux<DataBuffer> body) {
		return this.response.writeAndFlushWith(body.map(Mono::just));
	}

	@Override
	public boolean abort() {
		return false;
	}

	@Override
	public boolean hasPending() {
		return false;
	}

	@Override
	public long progress() {
		return this.emitted.get();
	}

	@Override
	public void release() {
	}

	@Override
	public void left() {
	}

}
