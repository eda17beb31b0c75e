package io.github.sse4spring.stream;

import java.net.InetSocketAddress;
import java.security.Principal;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Resolves the key that identifies the client of a request. The key is used to limit the
 * streams of a client and to end all of them. A bean of this type replaces the default.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SseClientKeyResolver {

	/**
	 * Resolve the key of a client, before its source is subscribed to.
	 * @param request the request, after all web filters
	 * @return the key; empty if the client is not limited; an error becomes the status of
	 * the response
	 */
	Mono<String> resolve(SseStreamRequest request);

	/**
	 * Use the name of the principal, or the remote address without port if there is no
	 * principal. With anonymous authentication all clients that are not logged in share
	 * one principal. Forwarded headers count only with
	 * {@code server.forward-headers-strategy}, since any client can send them.
	 * @return the default
	 */
	static SseClientKeyResolver principalOrAddress() {
		return (request) -> request.principal()
			.mapNotNull(Principal::getName)
			.switchIfEmpty(Mono.fromSupplier(() -> addressOf(request.remoteAddress())));
	}

	private static @Nullable String addressOf(@Nullable InetSocketAddress address) {
		if (address == null) {
			return null;
		}
		return (address.getAddress() != null) ? address.getAddress().getHostAddress() : address.getHostString();
	}

}
