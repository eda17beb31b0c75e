package io.github.sse4spring.webflux;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Leaves the exchange, with its principal, in the request for those who get only that.
 * The last filter of all, since others may have changed the exchange.
 */
final class SseExchangeFilter implements WebFilter, Ordered {

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		exchange.getRequest().getAttributes().put(WebFluxRequest.EXCHANGE_ATTRIBUTE, exchange);
		return chain.filter(exchange);
	}

}
