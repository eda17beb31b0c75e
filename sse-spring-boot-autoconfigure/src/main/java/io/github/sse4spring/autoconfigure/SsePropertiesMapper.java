package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.webflux.SseStreamSettings;

/**
 * Maps {@link SseProperties} to the settings of streams and of the hub.
 */
final class SsePropertiesMapper {

	private final SseProperties properties;

	SsePropertiesMapper(SseProperties properties) {
		this.properties = properties;
	}

	SseHubBuilder apply(SseHubBuilder builder) {
		SseProperties.Hub hub = this.properties.hub();
		if (hub.maxEventSize() != null) {
			builder.maxEventSize((int) Math.min(hub.maxEventSize().toBytes(), Integer.MAX_VALUE));
		}
		return builder.bufferSize(hub.bufferSize())
			.lagPolicy(hub.lagPolicy())
			.replaySize(hub.replaySize())
			.replayMaxAge(hub.replayMaxAge())
			.maxRetainedSize(hub.maxRetainedSize().toBytes())
			.maxTopics(hub.maxTopics())
			.topicIdleTimeout(hub.topicIdleTimeout());
	}

	SseStreamSettings streamSettings() {
		return new SseStreamSettings(keepAlive(), this.properties.stream().openDelay(), retry(), lifetime(), wire(),
				limits());
	}

	private SseStreamSettings.KeepAlive keepAlive() {
		SseProperties.KeepAlive keepAlive = this.properties.keepAlive();
		return new SseStreamSettings.KeepAlive(keepAlive.enabled(), keepAlive.maxInterval(), keepAlive.comment());
	}

	private SseStreamSettings.Retry retry() {
		SseProperties.Retry retry = this.properties.stream().retry();
		return new SseStreamSettings.Retry(retry.minOrDefault(), retry.max());
	}

	private SseStreamSettings.Lifetime lifetime() {
		SseProperties.Stream stream = this.properties.stream();
		return new SseStreamSettings.Lifetime(stream.onComplete() == SseProperties.OnComplete.END, stream.maxAge(),
				stream.stallTimeout(), this.properties.shutdown().drainTimeout());
	}

	private SseStreamSettings.Wire wire() {
		SseProperties.Stream stream = this.properties.stream();
		return new SseStreamSettings.Wire(stream.peerTimeout(), stream.compression(),
				stream.framing() == SseProperties.Framing.CHUNKED);
	}

	private SseStreamSettings.Limits limits() {
		SseProperties.Limits limits = this.properties.limits();
		return new SseStreamSettings.Limits(limits.maxConnections(), limits.maxConnectionsPerClient(),
				limits.refusalRetry());
	}

}
