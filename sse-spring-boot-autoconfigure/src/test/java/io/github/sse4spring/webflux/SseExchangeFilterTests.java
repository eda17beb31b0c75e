package io.github.sse4spring.webflux;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class SseExchangeFilterTests {

	private final ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/events"));

	private ServerWebExchange filter(ServerWebExchange exchange) {
		AtomicReference<ServerWebExchange> filtered = new AtomicReference<>();
		new SseExchangeFilter().filter(exchange, (passed) -> {
			filtered.set(passed);
			return Mono.empty();
		}).block(Duration.ofSeconds(5));
		return filtered.get();
	}

	@Test
	void exchangeIsPassedOnAsItIs() {
		assertThat(filter(this.exchange)).isSameAs(this.exchange);
		assertThat(WebFluxRequest.of(this.exchange.getRequest()).exchange()).isSameAs(this.exchange);
	}

	@Test
	void exchangeIsFoundAlsoIfAFilterHasBuiltTheRequestAnew() {
		ServerWebExchange mutated = this.exchange.mutate().request((request) -> request.header("X-Test", "1")).build();
		ServerWebExchange filtered = filter(mutated);
		filtered.getAttributes().put("set later", "value");
		WebFluxRequest request = WebFluxRequest.of(filtered.getRequest());
		assertThat(request.exchange()).isSameAs(filtered);
		assertThat(request.header("X-Test")).isEqualTo("1");
		assertThat(request.attribute("set later")).isEqualTo("value");
	}

}
