package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.actuate.SseEndpoint;
import io.github.sse4spring.stream.SseConnections;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the endpoint of event streams.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = SseWebFluxAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SseEndpoint.class)
@ConditionalOnSingleCandidate(SseHub.class)
@ConditionalOnBooleanProperty(name = "sse.enabled", matchIfMissing = true)
public final class SseEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SseEndpoint sseEndpoint(SseHub hub, ObjectProvider<SseConnections> connections) {
		return new SseEndpoint(hub, connections.getIfAvailable());
	}

}
