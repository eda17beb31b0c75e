package io.github.sse4spring.stream;

import java.net.InetSocketAddress;
import java.security.Principal;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Says which client a request comes from, for the number of connections that a client may
 * have and for ending all of them. A bean of this type takes the place of the default.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SseClientKeyResolver {

	/**
	 * Resolve the key of a client, before its source is subscribed to.
	 * @param request the request, as the last web filter has left it
	 * @return the key; empty if the client is not limited; an error becomes the status of
	 * the response
	 */
	Mono<String> resolve(SseStreamRequest request);

	/**
	 * The name of the principal, if it has one, else the remote address without port.
	 * With anonymous authentication all who are not logged in have one principal.
	 * Forwarded headers count only if {@code server.forward-headers-strategy} says so,
	 * since anybody can send them.
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
