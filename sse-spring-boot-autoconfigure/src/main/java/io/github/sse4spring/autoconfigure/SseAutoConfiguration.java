package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubListener;
import io.github.sse4spring.codec.SseCodecConfiguration;
import io.github.sse4spring.codec.SseEventDecoder;
import io.github.sse4spring.codec.SseEventEncoder;
import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.hub.SseHubBuilderCustomizer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration for the hub and the codecs, in web applications and others.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnBooleanProperty(name = "sse.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SseProperties.class)
public final class SseAutoConfiguration {

	@Bean
	static SsePropertiesValidator ssePropertiesValidator() {
		return new SsePropertiesValidator();
	}

	@Bean
	@ConditionalOnMissingBean
	SseEventEncoder sseEventEncoder(ObjectProvider<JsonMapper> jsonMapper, SseProperties properties) {
		return new SseEventEncoder(jsonMapper.getIfAvailable(JsonMapper::shared),
				properties.stream().spaceAfterColon());
	}

	@Bean
	@ConditionalOnMissingBean
	SseEventDecoder sseEventDecoder(ObjectProvider<JsonMapper> jsonMapper) {
		return new SseEventDecoder(jsonMapper.getIfAvailable(JsonMapper::shared));
	}

	/**
	 * Configures a hub if the application declares none.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(SseHub.class)
	static class HubConfiguration {

		@Bean
		SseHub sseHub(SseEventEncoder encoder, SseProperties properties, ObjectProvider<SseHubListener> listeners,
				ObjectProvider<SseHubBuilderCustomizer> customizers) {
			SseHubBuilder builder = new SsePropertiesMapper(properties).apply(SseHubBuilder.create()).encoder(encoder);
			listeners.orderedStream().forEach(builder::listener);
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			return builder.build();
		}

		@Bean
		@Lazy(false)
		HubStartLogger sseHubStartLogger(SseProperties properties) {
			return new HubStartLogger(properties);
		}

	}

	/**
	 * Registers the decoder with the clients that Spring Boot builds.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(CodecCustomizer.class)
	static class ClientCodecConfiguration {

		@Bean
		CodecCustomizer sseCodecCustomizer(SseEventDecoder decoder) {
			return (configurer) -> configurer.customCodecs().register(decoder);
		}

	}

	/**
	 * Prevents events from being written as JSON.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	@Import(SseCodecConfiguration.class)
	static class JsonConfiguration {

	}

}
