package io.github.sse4spring.webflux;

import java.net.InetSocketAddress;
import java.security.Principal;

import io.github.sse4spring.stream.SseStreamRequest;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * A request of WebFlux. A message writer gets the request without its exchange, and so
 * without the principal: {@link SseExchangeFilter} leaves the exchange in the request.
 *
 * @param request the request
 * @param exchange its exchange, if it is known
 */
record WebFluxRequest(ServerHttpRequest request, @Nullable ServerWebExchange exchange) implements SseStreamRequest {

	static final String EXCHANGE_ATTRIBUTE = WebFluxRequest.class.getName();

	static WebFluxRequest of(ServerWebExchange exchange) {
		return new WebFluxRequest(exchange.getRequest(), exchange);
	}

	static WebFluxRequest of(ServerHttpRequest request) {
		return new WebFluxRequest(request, (ServerWebExchange) request.getAttributes().get(EXCHANGE_ATTRIBUTE));
	}

	@Override
	public String method() {
		return this.request.getMethod().name();
	}

	@Override
	public String path() {
		return this.request.getURI().getRawPath();
	}

	@Override
	public @Nullable String header(String name) {
		return this.request.getHeaders().getFirst(name);
	}

	@Override
	public @Nullable String parameter(String name) {
		return this.request.getQueryParams().getFirst(name);
	}

	@Override
	public @Nullable Object attribute(String name) {
		return this.request.getAttributes().get(name);
	}

	@Override
	public Mono<Principal> principal() {
		return (this.exchange != null) ? this.exchange.getPrincipal() : Mono.empty();
	}

	@Override
	public @Nullable InetSocketAddress remoteAddress() {
		return this.request.getRemoteAddress();
	}

	@Override
	public String handler() {
		Object handler = attribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
		return (handler instanceof HandlerMethod) ? handler.toString() : method() + ' ' + path();
	}

}
