package io.github.sse4spring.stream;

import java.net.InetSocketAddress;
import java.security.Principal;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A GET of a path, without headers.
 */
public record GetRequest(String path) implements SseStreamRequest {

	@Override
	public String method() {
		return "GET";
	}

	@Override
	public @Nullable String header(String name) {
		return null;
	}

	@Override
	public @Nullable String parameter(String name) {
		return null;
	}

	@Override
	public @Nullable Object attribute(String name) {
		return null;
	}

	@Override
	public Mono<Principal> principal() {
		return Mono.empty();
	}

	@Override
	public @Nullable InetSocketAddress remoteAddress() {
		return null;
	}

	@Override
	public String handler() {
		return "GET " + this.path;
	}

}
