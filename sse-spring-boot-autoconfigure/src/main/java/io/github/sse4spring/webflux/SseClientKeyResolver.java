package io.github.sse4spring.webflux;

import java.net.InetSocketAddress;
import java.security.Principal;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.web.server.ServerWebExchange;

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
	 * @param exchange the request, as the last web filter has left it
	 * @return the key; empty if the client is not limited; an error becomes the status of
	 * the response
	 */
	Mono<String> resolve(ServerWebExchange exchange);

	/**
	 * The name of the principal, if it has one, else the remote address without port.
	 * With anonymous authentication all who are not logged in have one principal.
	 * Forwarded headers count only if {@code server.forward-headers-strategy} says so,
	 * since anybody can send them.
	 * @return the default
	 */
	static SseClientKeyResolver principalOrAddress() {
		return (exchange) -> exchange.getPrincipal()
			.mapNotNull(Principal::getName)
			.switchIfEmpty(Mono.fromSupplier(() -> addressOf(exchange.getRequest().getRemoteAddress())));
	}

	private static @Nullable String addressOf(@Nullable InetSocketAddress address) {
		if (address == null) {
			return null;
		}
		return (address.getAddress() != null) ? address.getAddress().getHostAddress() : address.getHostString();
	}

}
