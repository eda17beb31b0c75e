package io.github.sse4spring.webflux;

import io.github.sse4spring.stream.SseStreams;
import io.github.sse4spring.stream.StreamBody;
import io.github.sse4spring.stream.StreamResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;

/**
 * A response of WebFlux.
 */
final class WebFluxResponse implements StreamResponse {

	static final String NETTY = "reactor.netty.http.server.HttpServerResponse";

	private static final boolean NETTY_PRESENT = ClassUtils.isPresent(NETTY, WebFluxResponse.class.getClassLoader());

	private final ServerHttpResponse response;

	private final SseStreams streams;

	WebFluxResponse(ServerHttpResponse response, SseStreams streams) {
		this.response = response;
		this.streams = streams;
	}

	@Override
	public int status() {
		HttpStatusCode status = this.response.getStatusCode();
		return (status != null) ? status.value() : HttpStatus.OK.value();
	}

	@Override
	public void setStatus(int status) {
		this.response.setStatusCode(HttpStatusCode.valueOf(status));
	}

	@Override
	public @Nullable String header(String name) {
		return this.response.getHeaders().getFirst(name);
	}

	@Override
	public void setHeader(String name, @Nullable String value) {
		if (value != null) {
			this.response.getHeaders().set(name, value);
		}
		else {
			this.response.getHeaders().remove(name);
		}
	}

	@Override
	public Mono<Void> end(byte[] body) {
		return (body.length == 0) ? this.response.setComplete()
				: this.response.writeWith(Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(body)));
	}

	@Override
	public Mono<Void> stream(StreamBody body) {
		BodyTransport netty = NETTY_PRESENT ? NettyTransport.of(this.response, body, this.streams) : null;
		return ((netty != null) ? netty : new GroupTransport(this.response, body, this.streams.loops().any()))
			.respond();
	}

}
