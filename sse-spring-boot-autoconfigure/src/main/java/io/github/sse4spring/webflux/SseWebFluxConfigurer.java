package io.github.sse4spring.webflux;

import io.github.sse4spring.stream.SseStreams;

import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/**
 * Adds event streams to Spring WebFlux. A configurer rather than Boot's codec
 * customizers, which {@code @EnableWebFlux} switches off.
 */
final class SseWebFluxConfigurer implements WebFluxConfigurer {

	private final SseStreams streams;

	SseWebFluxConfigurer(SseStreams streams) {
		this.streams = streams;
	}

	@Override
	public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
		configurer.customCodecs().register(new SseEventHttpMessageWriter(this.streams));
		configurer.customCodecs().register(new HiddenEventHttpMessageWriter(configurer));
	}

	@Override
	public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
		configurer.addCustomResolver(new SseLastEventIdArgumentResolver());
	}

}
