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
 * @param maxRetainedSize how many bytes all topics may retain together
 * @param maxEventSize how many bytes an encoded event may have
 * @param maxTopics how many topics may have a ring; a topic gets its ring when it is
 * first published to
 */
record HubSettings(List<TopicSettings> topics, long maxRetainedSize, int maxEventSize, int maxTopics) {

	TopicSettings of(String topic) {
		return this.topics.stream().filter((settings) -> settings.matches(topic)).findFirst().orElseThrow();
	}

	/** Return the shortest maximum age of all groups, or empty if no group has one. */
	Optional<Duration> shortestReplayMaxAge() {
		return this.topics.stream().map(TopicSettings::replayMaxAge).filter(Objects::nonNull).min(Duration::compareTo);
	}

}
