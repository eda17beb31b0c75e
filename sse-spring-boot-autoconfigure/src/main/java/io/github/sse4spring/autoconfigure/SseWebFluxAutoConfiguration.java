package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.stream.SseClientKeyResolver;
import io.github.sse4spring.stream.SseStreamConfiguration;
import io.github.sse4spring.stream.SseStreamSettings;
import io.github.sse4spring.webflux.SseClientScript;
import io.github.sse4spring.webflux.SseWebFluxConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
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
@Import({ SseStreamConfiguration.class, SseWebFluxConfiguration.class })
public final class SseWebFluxAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SseClientKeyResolver sseClientKeyResolver() {
		return SseClientKeyResolver.principalOrAddress();
	}

	@Bean
	SseStreamSettings sseStreamSettings(SseProperties properties) {
		return new SsePropertiesMapper(properties).streamSettings();
	}

	@Bean
	@ConditionalOnBooleanProperty("sse.client.enabled")
	RouterFunction<ServerResponse> sseClientScript(SseProperties properties) {
		return SseClientScript.at(properties.client().path());
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
