package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.metrics.SseMeters;
import io.github.sse4spring.metrics.SseMetricsConfiguration;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration for the meters of event streams. It needs a meter registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		after = { MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
				SseWebFluxAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration")
@ConditionalOnClass({ MeterRegistry.class, MetricsAutoConfiguration.class })
@ConditionalOnBean({ MeterRegistry.class, SseHub.class })
@ConditionalOnBooleanProperty(name = "sse.enabled", matchIfMissing = true)
public final class SseMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SseMeters sseMeters(MeterRegistry registry, SseProperties properties) {
		return new SseMeters(registry, properties.metrics().topics());
	}

	/**
	 * Configures the gauges if the application has one hub, or a primary one.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(name = "sseGauges")
	@ConditionalOnSingleCandidate(SseHub.class)
	@Import(SseMetricsConfiguration.Gauges.class)
	static class GaugesConfiguration {

	}

	/**
	 * Excludes event streams from the timer of requests.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnBooleanProperty(name = "sse.metrics.http-server-requests", havingValue = false)
	@Import(SseMetricsConfiguration.RequestTimer.class)
	static class RequestTimerConfiguration {

	}

}
