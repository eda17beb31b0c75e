package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.hub.SseHubBuilder;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.unit.DataSize;

/**
 * Checks the ranges of {@link SseProperties} once they are bound, with or without a Bean
 * Validation provider. A value out of range stops the start with an exception that names
 * the property, its value and its range.
 *
 * <p>
 * The check is not part of {@code SseProperties}: Spring Boot would report an exception
 * of a constructor as a failure to bind, without the rule.
 */
final class SsePropertiesValidator implements BeanPostProcessor, PriorityOrdered {

	private static final Duration SHORTEST = Duration.ofMillis(1);

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof SseProperties properties) {
			validate(properties);
		}
		return bean;
	}

	/** Before other post-processors, which may use the properties. */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	private static void validate(SseProperties properties) {
		PropertyRules.between("sse.keep-alive.max-interval", properties.keepAlive().maxInterval(),
				SseKeepAlive.MIN_INTERVAL, PropertyRules.LONGEST);
		validate(properties.hub());
		validate(properties.stream());
		validate(properties.limits());
		properties.metrics().topics().forEach((topic) -> PropertyRules.topic("sse.metrics.topics", topic));
		PropertyRules.path("sse.client.path", properties.client().path());
		PropertyRules.between("sse.shutdown.drain-timeout", properties.shutdown().drainTimeout(), Duration.ZERO,
				PropertyRules.LONGEST);
	}

	private static void validate(SseProperties.Hub hub) {
		PropertyRules.positive("sse.hub.buffer-size", hub.bufferSize());
		PropertyRules.notNegative("sse.hub.replay-size", hub.replaySize());
		PropertyRules.between("sse.hub.replay-max-age", hub.replayMaxAge(), SHORTEST, PropertyRules.LONGEST);
		PropertyRules.positive("sse.hub.max-retained-size", hub.maxRetainedSize());
		PropertyRules.positive("sse.hub.max-event-size", hub.maxEventSize());
		PropertyRules.notAbove("sse.hub.max-event-size", hub.maxEventSize(), "sse.hub.max-retained-size",
				maxRetainedSize(hub));
		PropertyRules.positive("sse.hub.max-topics", hub.maxTopics());
		PropertyRules.between("sse.hub.topic-idle-timeout", hub.topicIdleTimeout(), SHORTEST, PropertyRules.LONGEST);
		validate(hub.topics());
	}

	private static void validate(List<SseProperties.TopicGroup> groups) {
		SseHubBuilder patterns = SseHubBuilder.create();
		for (int i = 0; i < groups.size(); i++) {
			validate("sse.hub.topics[%d]".formatted(i), groups.get(i), patterns);
		}
	}

	private static void validate(String key, SseProperties.TopicGroup group, SseHubBuilder patterns) {
		PropertyRules.pattern(key + ".pattern", group.pattern(), patterns);
		PropertyRules.notNegative(key + ".replay-size", group.replaySize());
		PropertyRules.between(key + ".replay-max-age", group.replayMaxAge(), SHORTEST, PropertyRules.LONGEST);
		PropertyRules.between(key + ".idle-timeout", group.idleTimeout(), SHORTEST, PropertyRules.LONGEST);
		PropertyRules.positive(key + ".buffer-size", group.bufferSize());
	}

	private static DataSize maxRetainedSize(SseProperties.Hub hub) {
		return (hub.maxRetainedSize() != null) ? hub.maxRetainedSize()
				: DataSize.ofBytes(SseHubBuilder.create().maxRetainedSize());
	}

	private static void validate(SseProperties.Stream stream) {
		PropertyRules.between("sse.stream.open-delay", stream.openDelay(), Duration.ZERO, PropertyRules.LONGEST);
		validate(stream.retry());
		PropertyRules.between("sse.stream.max-age", stream.maxAge(), Duration.ofSeconds(1), PropertyRules.LONGEST);
		PropertyRules.between("sse.stream.stall-timeout", stream.stallTimeout(), Duration.ZERO, PropertyRules.LONGEST);
		PropertyRules.between("sse.stream.peer-timeout", stream.peerTimeout(), Duration.ZERO, PropertyRules.LONGEST);
	}

	private static void validate(SseProperties.Retry retry) {
		Duration min = retry.minOrDefault();
		Duration max = retry.max();
		PropertyRules.between("sse.stream.retry.min", min, SHORTEST, PropertyRules.LONGEST);
		PropertyRules.between("sse.stream.retry.max", max, SHORTEST, PropertyRules.LONGEST);
		if (retry.min() != null) {
			PropertyRules.notAbove("sse.stream.retry.min", min, "sse.stream.retry.max", max);
		}
		else {
			// Spring Boot can report the origin of a value only if it is set.
			PropertyRules.notBelow("sse.stream.retry.max", max, "sse.stream.retry.min", min);
		}
	}

	private static void validate(SseProperties.Limits limits) {
		PropertyRules.notNegative("sse.limits.max-connections", limits.maxConnections());
		PropertyRules.notNegative("sse.limits.max-connections-per-client", limits.maxConnectionsPerClient());
		PropertyRules.between("sse.limits.refusal-retry", limits.refusalRetry(), SHORTEST, PropertyRules.LONGEST);
	}

}
