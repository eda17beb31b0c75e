package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The settings of a hub.
 *
 * @param topics the settings of each group of topics; the first whose pattern matches
 * applies, and the last matches every topic
 * @param maxRetainedSize how many bytes the hub retains
 * @param maxEventSize how many bytes the largest event has
 * @param maxTopics how many topics retain events
 */
record HubSettings(List<TopicSettings> topics, long maxRetainedSize, int maxEventSize, int maxTopics) {

	TopicSettings of(String topic) {
		return this.topics.stream().filter((settings) -> settings.matches(topic)).findFirst().orElseThrow();
	}

	/** Returns the shortest time after which events are too old, if any group has one. */
	Optional<Duration> shortestReplayMaxAge() {
		return this.topics.stream().map(TopicSettings::replayMaxAge).filter(Objects::nonNull).min(Duration::compareTo);
	}

}
