package io.github.sse4spring.codec;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The bean that prevents events from being written as JSON. Internal: the
 * auto-configuration imports it.
 *
 * @since 0.1.0
 */
@Configuration(proxyBeanMethods = false)
public final class SseCodecConfiguration {

	SseCodecConfiguration() {
	}

	@Bean
	static SseEventGuard sseEventGuard() {
		return new SseEventGuard();
	}

}
