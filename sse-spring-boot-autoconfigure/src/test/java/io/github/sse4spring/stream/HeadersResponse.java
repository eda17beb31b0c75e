package io.github.sse4spring.stream;

import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A response that has only a head. Its stream is as long as it is told to be.
 */
final class HeadersResponse implements StreamResponse {

	final TreeMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	private final Mono<Void> stream;

	private int status = 200;

	HeadersResponse(Mono<Void> stream) {
		this.stream = stream;
	}

	@Override
	public int status() {
		return this.status;
	}

	@Override
	public void setStatus(int status) {
		this.status = status;
	}

	@Override
	public @Nullable String header(String name) {
		return this.headers.get(name);
	}

	@Override
	public void setHeader(String name, @Nullable String value) {
		if (value != null) {
			this.headers.put(name, value);
		}
		else {
			this.headers.remove(name);
		}
	}

	@Override
	public Mono<Void> end(byte[] body) {
		return Mono.empty();
	}

	@Override
	public Mono<Void> stream(StreamBody body) {
		return this.stream;
	}

}
