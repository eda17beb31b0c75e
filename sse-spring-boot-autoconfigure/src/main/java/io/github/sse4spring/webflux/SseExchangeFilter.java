package io.github.sse4spring.webflux;

import java.util.Map;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
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
		ServerWebExchange visible = withAttributesOfRequest(exchange);
		visible.getAttributes().put(WebFluxRequest.EXCHANGE_ATTRIBUTE, visible);
		return chain.filter(visible);
	}

	/**
	 * Let the request have the attributes of its exchange. A request that another filter
	 * has built anew has none of its own: its map is empty and cannot be changed.
	 */
	private static ServerWebExchange withAttributesOfRequest(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		Map<String, Object> attributes = exchange.getAttributes();
		if (request.getAttributes() == attributes) {
			return exchange;
		}
		return exchange.mutate().request(new ServerHttpRequestDecorator(request) {

			@Override
			public Map<String, Object> getAttributes() {
				return attributes;
			}

		}).build();
	}

}
