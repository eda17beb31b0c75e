package io.github.sse4spring.stream;

import io.github.sse4spring.codec.SseEventEncoder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The beans that open, list and end streams, for any web stack. Internal: the
 * auto-configuration imports it.
 *
 * @since 0.1.0
 */
@Configuration(proxyBeanMethods = false)
public final class SseStreamConfiguration {

	SseStreamConfiguration() {
	}

	@Bean
	SseStreams sseStreams(SseEventEncoder encoder, SseStreamSettings settings, SseClientKeyResolver clientKeys,
			ObjectProvider<SseStreamListener> listeners) {
		return new SseStreams(encoder, settings, clientKeys, listeners.orderedStream().toList());
	}

	@Bean
	SseConnections sseConnections(SseStreams streams) {
		return streams.connections();
	}

	@Bean
	SseStreamsLifecycle sseStreamsLifecycle(SseStreams streams) {
		return new SseStreamsLifecycle(streams);
	}

}
