package io.github.sse4spring.webflux;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Registers the transport classes that are looked up by name, and the client for
 * browsers, for a native image.
 */
final class WebFluxHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerTypeIfPresent(classLoader, WebFluxResponse.NETTY, (type) -> {
		});
		hints.reflection().registerTypeIfPresent(classLoader, NettySocket.EPOLL, (type) -> {
		});
		hints.resources().registerResource(SseClientScript.SCRIPT);
	}

}
