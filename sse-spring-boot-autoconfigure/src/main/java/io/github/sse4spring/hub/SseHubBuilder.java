package io.github.sse4spring.hub;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubListener;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Builds hubs, with or without Spring.
 *
 * <pre class="code">
 * SseHub hub = SseHubBuilder.create().encoder(new SseEventEncoder(mapper)).build();
 * </pre>
 *
 * <p>
 * With {@code Schedulers.immediate()} a hub is deterministic: a subscriber without a
 * stream receives an event inside the call that publishes it. If a subscriber publishes
 * an event while it receives one, the new event is received after the subscriber has
 * returned.
 *
 * @since 0.1.0
 */
public final class SseHubBuilder {

	private static final String EPOCH_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

	private static final int EPOCH_LENGTH = 8;

	private static final int DEFAULT_MAX_EVENT_SIZE = 1024 * 1024;

	private SseEventEncoder encoder = new SseEventEncoder();

	private Scheduler scheduler = Schedulers.parallel();

	private Clock clock = Clock.systemUTC();

	private final List<SseHubListener> listeners = new ArrayList<>();

	private int bufferSize = 256;

	private SseLagPolicy lagPolicy = SseLagPolicy.SKIP;

	private int replaySize = 256;

	private @Nullable Duration replayMaxAge;

	private long maxRetainedSize = 64L * 1024 * 1024;

	private @Nullable Integer maxEventSize;

	private int maxTopics = 10_000;

	private Duration topicIdleTimeout = Duration.ofMinutes(10);

	private final List<SseTopicSettings> topics = new ArrayList<>();

	private SseHubBuilder() {
	}

	/**
	 * Create a builder with the default settings.
	 * @return the builder
	 */
	public static SseHubBuilder create() {
		return new SseHubBuilder();
	}

	/**
	 * Set the encoder of events. Its mapper writes the JSON.
	 * @param encoder the encoder; the default has a plain mapper
	 * @return this builder
	 */
	public SseHubBuilder encoder(SseEventEncoder encoder) {
		this.encoder = Objects.requireNonNull(encoder);
		return this;
	}

	/**
	 * Set the scheduler for subscribers that have no stream. Delayed tasks of the hub run
	 * on it too.
	 * @param scheduler the scheduler; the default is {@code Schedulers.parallel()}
	 * @return this builder
	 */
	public SseHubBuilder scheduler(Scheduler scheduler) {
		this.scheduler = Objects.requireNonNull(scheduler);
		return this;
	}

	/**
	 * Set the clock that says how old an event is and for how long a topic is idle. Ids
	 * and order do not depend on it.
	 * @param clock the clock; the default is that of the system
	 * @return this builder
	 */
	public SseHubBuilder clock(Clock clock) {
		this.clock = Objects.requireNonNull(clock);
		return this;
	}

	/**
	 * Add a listener.
	 * @param listener the listener
	 * @return this builder
	 */
	public SseHubBuilder listener(SseHubListener listener) {
		this.listeners.add(Objects.requireNonNull(listener));
		return this;
	}

	/**
	 * Set how many events of each topic a subscriber may be behind.
	 * @param bufferSize one or more; the default is 256
	 * @return this builder
	 */
	public SseHubBuilder bufferSize(int bufferSize) {
		this.bufferSize = (int) SettingRules.atLeast("bufferSize", bufferSize, 1);
		return this;
	}

	/**
	 * Set what happens to a subscriber that is further behind.
	 * @param lagPolicy the policy; the default is {@link SseLagPolicy#SKIP}
	 * @return this builder
	 */
	public SseHubBuilder lagPolicy(SseLagPolicy lagPolicy) {
		this.lagPolicy = Objects.requireNonNull(lagPolicy);
		return this;
	}

	/**
	 * Set how many events each topic retains.
	 * @param replaySize zero or more; the default is 256. A topic retains more events
	 * while a subscriber has a larger buffer size
	 * @return this builder
	 */
	public SseHubBuilder replaySize(int replaySize) {
		this.replaySize = (int) SettingRules.atLeast("replaySize", replaySize, 0);
		return this;
	}

	/**
	 * Set the maximum age of an event that a subscription starts with. Older events are
	 * evicted at intervals of a tenth of the shortest maximum age of all topics, but at
	 * least 100 ms and at most a minute. An event is not evicted for its age while a
	 * subscription that is within its buffer size has not read it.
	 * @param replayMaxAge the age, a millisecond or more, or {@code null} for any age,
	 * which is the default
	 * @return this builder
	 */
	public SseHubBuilder replayMaxAge(@Nullable Duration replayMaxAge) {
		if (replayMaxAge != null) {
			SettingRules.atLeast("replayMaxAge", replayMaxAge.toMillis(), 1);
		}
		this.replayMaxAge = replayMaxAge;
		return this;
	}

	/**
	 * Set how many bytes all topics retain together. The size of an event is the number
	 * of its encoded bytes, plus two bytes for each character of its id, name and
	 * comment, plus 128 bytes. The oldest event of the hub is evicted first.
	 * @param bytes one or more; the default is 64 MiB
	 * @return this builder
	 */
	public SseHubBuilder maxRetainedSize(long bytes) {
		this.maxRetainedSize = SettingRules.atLeast("maxRetainedSize", bytes, 1);
		return this;
	}

	/**
	 * Set how many bytes an encoded event may have.
	 * @param bytes one or more, and not more than {@link #maxRetainedSize(long)}; the
	 * default is 1 MiB, or the size that all topics retain together if that is less
	 * @return this builder
	 */
	public SseHubBuilder maxEventSize(int bytes) {
		this.maxEventSize = (int) SettingRules.atLeast("maxEventSize", bytes, 1);
		return this;
	}

	/**
	 * Set how many topics may retain events.
	 * @param maxTopics one or more; the default is 10000
	 * @return this builder
	 */
	public SseHubBuilder maxTopics(int maxTopics) {
		this.maxTopics = (int) SettingRules.atLeast("maxTopics", maxTopics, 1);
		return this;
	}

	/**
	 * Set how long a topic is kept while it has no subscriber and nothing is published to
	 * it. After that time the topic is removed with all events that it retains.
	 * @param topicIdleTimeout the time, a millisecond or more; the default is ten minutes
	 * @return this builder
	 */
	public SseHubBuilder topicIdleTimeout(Duration topicIdleTimeout) {
		SettingRules.atLeast("topicIdleTimeout", topicIdleTimeout.toMillis(), 1);
		this.topicIdleTimeout = topicIdleTimeout;
		return this;
	}

	/**
	 * Set the settings in which a group of topics differs from the hub. For example, for
	 * the topics of jobs:
	 *
	 * <pre class="code">
	 * builder.topics("job:*", (jobs) -&gt; jobs.replaySize(1000).idleTimeout(Duration.ofHours(1)));
	 * </pre>
	 *
	 * <p>
	 * If several patterns match a topic, the pattern that was added first applies. A
	 * setting that the group does not set is that of the hub.
	 *
	 * <p>
	 * In a subscription to several topics, each topic has its own settings. If the
	 * subscription sets no lag policy, the policy of the topic that lags applies:
	 * {@link SseLagPolicy#SKIP} and {@link SseLagPolicy#SKIP_TO_LATEST} skip events of
	 * that topic only, {@link SseLagPolicy#DISCONNECT} and {@link SseLagPolicy#FAIL} end
	 * the whole subscription.
	 * @param pattern the name of a topic, or a prefix and {@code *} for all topics that
	 * begin with it
	 * @param settings sets the settings of the group
	 * @return this builder
	 * @throws IllegalArgumentException if the pattern is empty, has a {@code *} before
	 * its end or was added before, or if a value is out of range
	 */
	public SseHubBuilder topics(String pattern, Consumer<SseTopicSettings> settings) {
		SseTopicSettings group = new SseTopicSettings(pattern);
		if (this.topics.stream().anyMatch((other) -> other.pattern().equals(pattern))) {
			throw new IllegalArgumentException(
					"pattern must be added once only, but '%s' was added before".formatted(pattern));
		}
		settings.accept(group);
		this.topics.add(group);
		return this;
	}

	/**
	 * Build a hub. Each hub has an epoch of its own.
	 * @return the hub
	 * @throws IllegalArgumentException if {@link #maxEventSize(int)} is above
	 * {@link #maxRetainedSize(long)}
	 */
	public SseHub build() {
		HubSettings settings = settings();
		MissedCounter missed = new MissedCounter();
		List<SseHubListener> listeners = new ArrayList<>(this.listeners);
		listeners.add(0, missed);
		MemoryLog log = new MemoryLog(randomEpoch(), settings, this.clock);
		return new DefaultSseHub(log, settings, this.encoder, this.scheduler, new Listeners(listeners), missed);
	}

	/**
	 * Return the current setting of how many events each topic retains.
	 * @return the number
	 * @see #replaySize(int)
	 */
	public int replaySize() {
		return this.replaySize;
	}

	/**
	 * Return the current setting of how many bytes all topics retain together.
	 * @return the number of bytes
	 * @see #maxRetainedSize(long)
	 */
	public long maxRetainedSize() {
		return this.maxRetainedSize;
	}

	/**
	 * Return the current setting of how many topics may retain events.
	 * @return the number
	 * @see #maxTopics(int)
	 */
	public int maxTopics() {
		return this.maxTopics;
	}

	HubSettings settings() {
		return new HubSettings(topicSettings(), this.maxRetainedSize, checkedMaxEventSize(), this.maxTopics);
	}

	private List<TopicSettings> topicSettings() {
		TopicSettings others = new TopicSettings(TopicSettings.ALL, this.bufferSize, this.lagPolicy, this.replaySize,
				this.replayMaxAge, this.topicIdleTimeout);
		return Stream.concat(this.topics.stream().map((group) -> group.orElse(others)), Stream.of(others)).toList();
	}

	private int checkedMaxEventSize() {
		if (this.maxEventSize == null) {
			return (int) Math.min(DEFAULT_MAX_EVENT_SIZE, this.maxRetainedSize);
		}
		if (this.maxEventSize > this.maxRetainedSize) {
			throw new IllegalArgumentException("maxEventSize must not be above maxRetainedSize, but %d is more than %d"
				.formatted(this.maxEventSize, this.maxRetainedSize));
		}
		return this.maxEventSize;
	}

	private static String randomEpoch() {
		RandomGenerator random = new SecureRandom();
		return random.ints(EPOCH_LENGTH, 0, EPOCH_CHARACTERS.length())
			.mapToObj((i) -> EPOCH_CHARACTERS.substring(i, i + 1))
			.collect(Collectors.joining());
	}

}
