package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.Objects;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a group of topics. The settings of the hub apply to everything that is
 * not set here.
 *
 * @since 0.1.0
 * @see SseHubBuilder#topics
 */
public final class SseTopicSettings {

	private final String pattern;

	private @Nullable Integer bufferSize;

	private @Nullable SseLagPolicy lagPolicy;

	private @Nullable Integer replaySize;

	private @Nullable Duration replayMaxAge;

	private @Nullable Duration idleTimeout;

	SseTopicSettings(String pattern) {
		int star = pattern.indexOf('*');
		if (pattern.isEmpty() || (star >= 0 && star < pattern.length() - 1)) {
			throw new IllegalArgumentException(
					"pattern must be the name of a topic, or a prefix with one '*' at its end, but is '%s'"
						.formatted(pattern));
		}
		this.pattern = pattern;
	}

	/**
	 * Set how many events of a topic a subscriber may be behind.
	 * @param bufferSize one or more
	 * @return these settings
	 * @see SseHubBuilder#bufferSize(int)
	 */
	public SseTopicSettings bufferSize(int bufferSize) {
		this.bufferSize = (int) atLeast("bufferSize", bufferSize, 1);
		return this;
	}

	/**
	 * Set what happens to a subscriber that is further behind on a topic of this group,
	 * if its subscription sets no policy.
	 * @param lagPolicy the policy
	 * @return these settings
	 * @see SseHubBuilder#lagPolicy(SseLagPolicy)
	 */
	public SseTopicSettings lagPolicy(SseLagPolicy lagPolicy) {
		this.lagPolicy = Objects.requireNonNull(lagPolicy);
		return this;
	}

	/**
	 * Set how many events a topic retains.
	 * @param replaySize zero or more
	 * @return these settings
	 * @see SseHubBuilder#replaySize(int)
	 */
	public SseTopicSettings replaySize(int replaySize) {
		this.replaySize = (int) atLeast("replaySize", replaySize, 0);
		return this;
	}

	/**
	 * Set the maximum age of an event that a subscription starts with. A group cannot
	 * remove the age that the hub has.
	 * @param replayMaxAge the age, a millisecond or more
	 * @return these settings
	 * @see SseHubBuilder#replayMaxAge(Duration)
	 */
	public SseTopicSettings replayMaxAge(Duration replayMaxAge) {
		atLeast("replayMaxAge", replayMaxAge.toMillis(), 1);
		this.replayMaxAge = replayMaxAge;
		return this;
	}

	/**
	 * Set how long a topic is kept while it has no subscriber and nothing is published to
	 * it. After that time the topic is removed with all events that it retains.
	 * @param idleTimeout the time, a millisecond or more
	 * @return these settings
	 * @see SseHubBuilder#topicIdleTimeout(Duration)
	 */
	public SseTopicSettings idleTimeout(Duration idleTimeout) {
		atLeast("idleTimeout", idleTimeout.toMillis(), 1);
		this.idleTimeout = idleTimeout;
		return this;
	}

	private long atLeast(String name, long value, long min) {
		return SettingRules.atLeast("%s of topics '%s'".formatted(name, this.pattern), value, min);
	}

	String pattern() {
		return this.pattern;
	}

	TopicSettings orElse(TopicSettings others) {
		return new TopicSettings(this.pattern, Objects.requireNonNullElse(this.bufferSize, others.bufferSize()),
				Objects.requireNonNullElse(this.lagPolicy, others.lagPolicy()),
				Objects.requireNonNullElse(this.replaySize, others.replaySize()),
				(this.replayMaxAge != null) ? this.replayMaxAge : others.replayMaxAge(),
				Objects.requireNonNullElse(this.idleTimeout, others.idleTimeout()));
	}

}
