package io.github.sse4spring.webflux;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Lets a native image find out which transports it has, which is asked by name, and keep
 * the client for browsers.
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
