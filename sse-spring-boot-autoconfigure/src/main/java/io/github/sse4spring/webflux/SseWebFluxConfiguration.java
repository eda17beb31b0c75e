package io.github.sse4spring.webflux;

import io.github.sse4spring.stream.SseStreams;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Defines the beans that write event streams in WebFlux. Internal: the auto-configuration
 * imports it.
 *
 * @since 0.1.0
 */
@Configuration(proxyBeanMethods = false)
public final class SseWebFluxConfiguration {

	SseWebFluxConfiguration() {
	}

	@Bean
	SseExchangeFilter sseExchangeFilter() {
		return new SseExchangeFilter();
	}

	@Bean
	SseEventResultHandler sseEventResultHandler(SseStreams streams,
			@Qualifier("webFluxAdapterRegistry") ObjectProvider<ReactiveAdapterRegistry> adapters) {
		return new SseEventResultHandler(streams, adapters.getIfAvailable(ReactiveAdapterRegistry::getSharedInstance));
	}

	@Bean
	SseWebFluxConfigurer sseWebFluxConfigurer(SseStreams streams) {
		return new SseWebFluxConfigurer(streams);
	}

	@Bean
	static SseProducesPostProcessor sseProducesPostProcessor() {
		return new SseProducesPostProcessor();
	}

}
