package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.codec.SseEventEncoder;
import io.github.sse4spring.webflux.SseClientKeyResolver;
import io.github.sse4spring.webflux.SseClientScript;
import io.github.sse4spring.webflux.SseConnections;
import io.github.sse4spring.webflux.SseEventResultHandler;
import io.github.sse4spring.webflux.SseExchangeFilter;
import io.github.sse4spring.webflux.SseProducesPostProcessor;
import io.github.sse4spring.webflux.SseStreamListener;
import io.github.sse4spring.webflux.SseStreams;
import io.github.sse4spring.webflux.SseStreamsLifecycle;
import io.github.sse4spring.webflux.SseWebFluxConfigurer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Auto-configuration for event streams in WebFlux applications.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SseAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(WebFluxConfigurer.class)
@ConditionalOnBooleanProperty(name = "sse.enabled", matchIfMissing = true)
public final class SseWebFluxAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SseClientKeyResolver sseClientKeyResolver() {
		return SseClientKeyResolver.principalOrAddress();
	}

	@Bean
	SseStreams sseStreams(SseEventEncoder encoder, SseProperties properties, SseClientKeyResolver clientKeys,
			ObjectProvider<SseStreamListener> listeners) {
		return new SseStreams(encoder, new SsePropertiesMapper(properties).streamSettings(), clientKeys,
				listeners.orderedStream().toList());
	}

	@Bean
	SseConnections sseConnections(SseStreams streams) {
		return streams.connections();
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

	@Bean
	@ConditionalOnBooleanProperty("sse.client.enabled")
	RouterFunction<ServerResponse> sseClientScript(SseProperties properties) {
		return SseClientScript.at(properties.client().path());
	}

	@Bean
	SseStreamsLifecycle sseStreamsLifecycle(SseStreams streams) {
		return new SseStreamsLifecycle(streams);
	}

	/**
	 * Configures the warning about servers on which a stream can harm other requests.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ReactiveWebServerInitializedEvent.class)
	static class ServerConfiguration {

		@Bean
		ServletServerWarning sseServletServerWarning() {
			return new ServletServerWarning();
		}

	}

}
