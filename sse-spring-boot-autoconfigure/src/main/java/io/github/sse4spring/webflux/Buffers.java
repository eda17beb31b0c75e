package io.github.sse4spring.webflux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Cuts buffers, for servers that tell only of whole ones when they are taken.
 */
final class Buffers {

	private Buffers() {
	}

	/**
	 * Cut the buffers of a body into smaller ones, each asked for when the server wants
	 * it.
	 * @param emitted is told the size of each as it goes
	 */
	static Flux<DataBuffer> split(Flux<DataBuffer> body, int size, IntConsumer emitted) {
		return body.concatMapIterable((buffer) -> split(buffer, size), 1)
			.doOnNext((buffer) -> emitted.accept(buffer.readableByteCount()))
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	private static List<DataBuffer> split(DataBuffer buffer, int size) {
		List<DataBuffer> parts = new ArrayList<>();
		while (buffer.readableByteCount() > size) {
			parts.add(buffer.split(buffer.readPosition() + size));
		}
		parts.add(buffer);
		return parts;
	}

}
