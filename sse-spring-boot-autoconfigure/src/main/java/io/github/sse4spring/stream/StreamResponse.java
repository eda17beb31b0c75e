package io.github.sse4spring.stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The response of a request that asks for an event stream. Status and headers are set
 * before the response is ended or its stream begins. If the stream fails before it is
 * open, headers are removed again. After the stream is open, neither is changed.
 * Internal: a web stack implements it.
 *
 * @since 0.1.0
 */
public interface StreamResponse {

	/**
	 * Return the status.
	 * @return the status code, 200 unless another one was set
	 */
	int status();

	/**
	 * Set the status.
	 * @param status the status code
	 */
	void setStatus(int status);

	/**
	 * Return a header.
	 * @param name the name
	 * @return the first value, or {@code null} if the response has no such header
	 */
	@Nullable String header(String name);

	/**
	 * Set a header.
	 * @param name the name
	 * @param value the only value, or {@code null} to remove the header
	 */
	void setHeader(String name, @Nullable String value);

	/**
	 * Answer without a stream.
	 * @param body the whole body, which may be empty
	 * @return completes when the response has ended
	 */
	Mono<Void> end(byte[] body);

	/**
	 * Answer with a stream. The response gives the body a transport when the result is
	 * subscribed to.
	 * @param body the body
	 * @return completes when the response is over, to its last byte; fails if the source
	 * fails before the stream is open
	 */
	Mono<Void> stream(StreamBody body);

}
