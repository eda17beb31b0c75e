package io.github.sse4spring.metrics;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnections;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The beans of this package that applications do not name. Internal: the
 * auto-configuration imports each nested class under conditions of its own.
 *
 * @since 0.1.0
 */
public final class SseMetricsConfiguration {

	private SseMetricsConfiguration() {
	}

	/**
	 * The gauges of the hub and its streams. Internal.
	 */
	@Configuration(proxyBeanMethods = false)
	public static class Gauges {

		@Bean
		SseGauges sseGauges(SseHub hub, ObjectProvider<SseConnections> connections) {
			return new SseGauges(hub, connections.getIfAvailable());
		}

	}

	/**
	 * The filters that keep streams out of the timer of requests. Internal.
	 */
	@Configuration(proxyBeanMethods = false)
	public static class RequestTimer {

		@Bean
		static SseRequestTimer sseRequestTimer() {
			return new SseRequestTimer();
		}

	}

}
