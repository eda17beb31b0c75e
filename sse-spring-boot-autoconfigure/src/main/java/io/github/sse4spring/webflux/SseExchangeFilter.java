package io.github.sse4spring.webflux;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Stores the exchange, with its principal, in the attributes of the request. Message
 * writers receive only the request. This filter is the last, since other filters may
 * replace the exchange.
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
