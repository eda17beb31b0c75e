package io.github.sse4spring.webflux;

import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * The request of a stream and its response. A message writer gets only these two, without
 * their exchange, and so without the principal: a filter leaves it in the request.
 *
 * @param request the request
 * @param response the response
 * @param exchange their exchange, if it is known
 */
record StreamExchange(ServerHttpRequest request, ServerHttpResponse response, @Nullable ServerWebExchange exchange) {

	static final String ATTRIBUTE = StreamExchange.class.getName();

	static StreamExchange of(ServerWebExchange exchange) {
		return new StreamExchange(exchange.getRequest(), exchange.getResponse(), exchange);
	}

	static StreamExchange of(ServerHttpRequest request, ServerHttpResponse response) {
		return new StreamExchange(request, response, (ServerWebExchange) request.getAttributes().get(ATTRIBUTE));
	}

	StreamClient client(@Nullable String key, @Nullable SseLastEventId lastEventId) {
		String method = this.request.getMethod().name();
		String path = this.request.getURI().getRawPath();
		Object handler = this.request.getAttributes().get(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
		return new StreamClient(key, lastEventId, method, path,
				(handler instanceof HandlerMethod) ? handler.toString() : method + ' ' + path);
	}

	Mono<String> clientKey(SseClientKeyResolver resolver) {
		return (this.exchange != null) ? resolver.resolve(this.exchange) : Mono.empty();
	}

}
