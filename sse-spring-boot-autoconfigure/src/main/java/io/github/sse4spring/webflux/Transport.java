package io.github.sse4spring.webflux;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * What differs between servers in the life of one stream.
 */
interface Transport {

	/** The loop that owns the stream. */
	Loop loop();

	/**
	 * Whether the connection would take more bytes now. Without demand nothing is written
	 * even so.
	 */
	boolean isWritable();

	/** Call back on the loop whenever the connection has become writable again. */
	void onWritable(Runnable resume);

	/** Copy a batch into a buffer that the body may emit. */
	DataBuffer copy(Batch batch);

	/** Make the buffers of the body the body of the response, each flushed soon. */
	Mono<Void> write(Flux<DataBuffer> body);

	/**
	 * Close the connection, also in the middle of a frame.
	 * @return whether that is possible
	 */
	boolean abort();

	/** Forget the callback: the stream is over, the connection perhaps not. */
	void release();

}
