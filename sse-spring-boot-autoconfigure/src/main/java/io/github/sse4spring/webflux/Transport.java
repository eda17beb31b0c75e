package io.github.sse4spring.webflux;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * What differs between servers in the life of one stream.
 */
interface Transport {

	/** The loop that owns the stream. */
	StreamLoop loop();

	/**
	 * Whether the connection would take more bytes now. Without demand nothing is written
	 * even so.
	 */
	boolean isWritable();

	/**
	 * A stream begins: make the connection fit for it, and call back on the loop whenever
	 * it has become writable again.
	 */
	void begin(Runnable resume);

	/**
	 * Whether bytes wait that the connection has not taken; {@code false} where nobody
	 * knows.
	 */
	boolean hasPending();

	/** A number that stays the same while the connection takes nothing. */
	long progress();

	/**
	 * Take from a batch what is written at once, into a buffer that the body may emit.
	 * The rest stays in the batch.
	 */
	DataBuffer take(Batch batch);

	/** Make the buffers of the body the body of the response, each flushed soon. */
	Mono<Void> write(Flux<DataBuffer> body);

	/**
	 * Close the connection, also in the middle of a frame.
	 * @return whether that is possible
	 */
	boolean abort();

	/** Forget the callback: nothing more will be written. */
	void release();

	/** The response is over to its last byte, the connection perhaps not. */
	void left();

}
