package io.github.sse4spring.metrics;

import java.util.Collection;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnections;
import io.micrometer.observation.ObservationRegistry;

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
	 * Observe each publishing to a hub as {@code sse.publish}. Internal.
	 * @param hub the hub
	 * @param registry the registry of the observations
	 * @param topics the topics that may be a tag; all others are {@code other}
	 * @return the hub to publish to
	 */
	public static SseHub observe(SseHub hub, ObservationRegistry registry, Collection<String> topics) {
		return new ObservedSseHub(hub, registry, topics);
	}

	/**
	 * The gauges of the hub and its streams. Internal.
	 */
	@Configuration(proxyBeanMethods = false)
	public static final class Gauges {

		Gauges() {
		}

		@Bean
		SseGauges sseGauges(SseHub hub, ObjectProvider<SseConnections> connections) {
			return new SseGauges(hub, connections.getIfAvailable());
		}

	}

	/**
	 * The filters that keep streams out of the timer of requests. Internal.
	 */
	@Configuration(proxyBeanMethods = false)
	public static final class RequestTimer {

		RequestTimer() {
		}

		@Bean
		static SseRequestTimer sseRequestTimer() {
			return new SseRequestTimer();
		}

	}

}
