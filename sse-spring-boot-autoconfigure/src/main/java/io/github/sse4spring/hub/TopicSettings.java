package io.github.sse4spring.hub;

import java.time.Duration;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a group of topics, or of all topics that belong to no group.
 *
 * @param pattern the name of a topic, or a prefix and {@code *}
 * @param bufferSize how many events of a topic a subscriber may be behind
 * @param lagPolicy what happens to a subscriber that is further behind
 * @param replaySize how many events a topic retains
 * @param replayMaxAge the maximum age of an event that a subscription starts with, or
 * {@code null} for any age
 * @param idleTimeout how long a topic is kept while it has no subscriber and nothing is
 * published to it
 */
record TopicSettings(String pattern, int bufferSize, SseLagPolicy lagPolicy, int replaySize,
		@Nullable Duration replayMaxAge, Duration idleTimeout) {

	/** The pattern that every topic matches. */
	static final String ALL = "*";

	boolean matches(String topic) {
		int prefixLength = this.pattern.length() - 1;
		return this.pattern.endsWith(ALL) ? topic.regionMatches(0, this.pattern, 0, prefixLength)
				: topic.equals(this.pattern);
	}

	/** Returns the time before which an event is too old to start with. */
	long oldestTime(long now) {
		return (this.replayMaxAge != null) ? now - this.replayMaxAge.toMillis() : Long.MIN_VALUE;
	}

}
