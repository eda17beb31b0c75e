package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.hub.SseTopicSettings;
import io.github.sse4spring.stream.SseStreamSettings;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.unit.DataSize;

/**
 * Maps {@link SseProperties} to the settings of streams and of the hub.
 */
final class SsePropertiesMapper {

	private final SseProperties properties;

	SsePropertiesMapper(SseProperties properties) {
		this.properties = properties;
	}

	/** Sets the values of properties that are set. The builder has the defaults. */
	SseHubBuilder apply(SseHubBuilder builder) {
		SseProperties.Hub hub = this.properties.hub();
		PropertyMapper map = PropertyMapper.get();
		map.from(hub.bufferSize()).to(builder::bufferSize);
		map.from(hub.lagPolicy()).to(builder::lagPolicy);
		map.from(hub.replaySize()).to(builder::replaySize);
		map.from(hub.replayMaxAge()).to(builder::replayMaxAge);
		map.from(hub.maxRetainedSize()).as(DataSize::toBytes).to(builder::maxRetainedSize);
		map.from(hub.maxEventSize())
			.as((size) -> (int) Math.min(size.toBytes(), Integer.MAX_VALUE))
			.to(builder::maxEventSize);
		map.from(hub.maxTopics()).to(builder::maxTopics);
		map.from(hub.topicIdleTimeout()).to(builder::topicIdleTimeout);
		hub.topics().forEach((group) -> builder.topics(group.pattern(), (settings) -> apply(group, settings)));
		return builder;
	}

	private static void apply(SseProperties.TopicGroup group, SseTopicSettings settings) {
		PropertyMapper map = PropertyMapper.get();
		map.from(group.replaySize()).to(settings::replaySize);
		map.from(group.replayMaxAge()).to(settings::replayMaxAge);
		map.from(group.idleTimeout()).to(settings::idleTimeout);
		map.from(group.bufferSize()).to(settings::bufferSize);
		map.from(group.lagPolicy()).to(settings::lagPolicy);
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
