package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.HubFixture.Taker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Settings for groups of topics.
 */
class SseHubTopicsTests {

	private static SseSubscription to(String... topics) {
		return SseSubscription.to(topics);
	}

	private static HubFixture with(UnaryOperator<SseHubBuilder> settings) {
		return new HubFixture(settings);
	}

	private static List<String> topics(SseHub hub) {
		return hub.snapshot().topics().stream().map(SseHubSnapshot.Topic::name).toList();
	}

	private static void publish(SseHub hub, String topic, int from, int to) {
		IntStream.range(from, to).forEach((i) -> hub.publish(topic, SseEvent.text(Integer.toString(i))));
	}

	@Test
	void prefixMatchesTheTopicsThatBeginWithIt() {
		HubFixture jobs = with((builder) -> builder.replaySize(1).topics("job:*", (job) -> job.replaySize(3)));
		for (String topic : List.of("job:7", "job:", "job", "my job:7")) {
			jobs.publish(topic, 0, 10);
		}
		assertThat(jobs.retained("job:7")).isEqualTo(3);
		assertThat(jobs.retained("job:")).isEqualTo(3);
		assertThat(jobs.retained("job")).isEqualTo(1);
		assertThat(jobs.retained("my job:7")).isEqualTo(1);
	}

	@Test
	void patternWithoutAStarMatchesTheTopicOfThatNameOnly() {
		HubFixture one = with((builder) -> builder.replaySize(1).topics("job", (job) -> job.replaySize(3)));
		for (String topic : List.of("job", "jobs", "jo")) {
			one.publish(topic, 0, 10);
		}
		assertThat(one.retained("job")).isEqualTo(3);
		assertThat(one.retained("jobs")).isEqualTo(1);
		assertThat(one.retained("jo")).isEqualTo(1);
	}

	@Test
	void firstPatternThatMatchesApplies() {
		HubFixture ordered = with((builder) -> builder.topics("job:7", (job) -> job.replaySize(2))
			.topics("job:*", (job) -> job.replaySize(3))
			.topics("job:8", (job) -> job.replaySize(4))
			.topics("*", (all) -> all.replaySize(5)));
		for (String topic : List.of("job:7", "job:8", "chat")) {
			ordered.publish(topic, 0, 10);
		}
		assertThat(ordered.retained("job:7")).isEqualTo(2);
		assertThat(ordered.retained("job:8")).isEqualTo(3);
		assertThat(ordered.retained("chat")).isEqualTo(5);
	}

	@Test
	void groupTakesTheSettingsThatItLeavesOutFromTheHub() {
		HubFixture hub = with((builder) -> builder.topics("job:*", (job) -> job.bufferSize(2))
			.replaySize(3)
			.lagPolicy(SseLagPolicy.FAIL));
		Taker stalled = hub.stalled(to("job:7"));
		hub.publish("job:7", 0, 10);
		assertThat(hub.retained("job:7")).isEqualTo(3);
		assertThat(stalled.takeAll().error).isInstanceOf(SseLagException.class);
	}

	@Test
	void bufferSizeIsThatOfEachTopic() {
		HubFixture hub = with((builder) -> builder.bufferSize(4).topics("hot", (hot) -> hot.bufferSize(8)));
		Taker taker = hub.stalled(to("hot", "other").withNotices());
		taker.request(1);
		hub.publish("other", "first");
		hub.publish("hot", 0, 8);
		hub.publish("other", 10, 15);
		assertThat(taker.takeAll().texts()).containsExactly("first", "sse-lag {\"missed\":3}", "0", "1", "2", "3", "4",
				"5", "6", "7", "13", "14");
	}

	@Test
	void bufferSizeOfTheSubscriptionComesBeforeThatOfTheTopic() {
		HubFixture hub = with((builder) -> builder.topics("a", (a) -> a.bufferSize(8)));
		Taker taker = hub.stalled(to("a").bufferSize(2).withNotices());
		taker.request(1);
		hub.publish("a", 0, 6);
		assertThat(taker.takeAll().texts()).containsExactly("0", "sse-lag {\"missed\":4}", "5");
	}

	@Test
	void topicRetainsItsReplaySizeOrTheLargestLiveBuffer() {
		HubFixture hub = with((builder) -> builder.topics("a", (a) -> a.bufferSize(4).replaySize(2)));
		Taker stalled = hub.stalled(to("a"));
		hub.publish("a", 0, 10);
		assertThat(hub.retained("a")).isEqualTo(4);
		stalled.cancel();
		hub.publish("a", 10);
		assertThat(hub.retained("a")).isEqualTo(2);
	}

	@Test
	void topicUnderSkipLagsByItselfBesideATopicUnderFail() {
		Taker taker = lagging("skipping");
		assertThat(taker.takeAll().error).isNull();
		assertThat(taker.texts()).containsExactly("sse-lag {\"missed\":8}", "8", "9");
	}

	@Test
	void topicUnderFailEndsTheSubscriptionToSeveralTopics() {
		assertThat(lagging("failing").takeAll().error).isInstanceOf(SseLagException.class);
	}

	@Test
	void topicUnderDisconnectEndsTheSubscriptionToSeveralTopics() {
		Taker taker = lagging("disconnecting").takeAll();
		assertThat(taker.error).isNull();
		assertThat(taker.completed).isTrue();
		assertThat(taker.texts()).isEmpty();
	}

	private static Taker lagging(String topic) {
		HubFixture hub = with((builder) -> builder.bufferSize(4)
			.topics("failing", (failing) -> failing.lagPolicy(SseLagPolicy.FAIL))
			.topics("disconnecting", (disconnecting) -> disconnecting.lagPolicy(SseLagPolicy.DISCONNECT)));
		Taker taker = hub.stalled(to("failing", "skipping", "disconnecting").withNotices());
		hub.publish(topic, 0, 10);
		return taker;
	}

	@Test
	void lagPolicyOfTheSubscriptionComesBeforeThatOfTheTopic() {
		HubFixture hub = with((builder) -> builder.topics("a", (a) -> a.lagPolicy(SseLagPolicy.FAIL).bufferSize(4)));
		Taker taker = hub.stalled(to("a").onLag(SseLagPolicy.SKIP_TO_LATEST).withNotices());
		hub.publish("a", 0, 10);
		assertThat(taker.takeAll().texts()).containsExactly("sse-lag {\"missed\":9}", "9");
	}

	@Test
	void replayMaxAgeOfEachTopicAppliesWhereASubscriptionStarts() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub()
			.replayMaxAge(Duration.ofMinutes(10))
			.topics("price:*", (price) -> price.replayMaxAge(Duration.ofMinutes(1)))
			.build();
		String before = hub.position();
		// A live subscriber keeps what it has not read.
		HubFixture.take(hub.subscribe("price:a", "chat"), 0);
		publish(hub, "price:a", 0, 2);
		publish(hub, "chat", 2, 4);
		time.pass(Duration.ofMinutes(2));
		publish(hub, "price:a", 4, 5);
		Taker earliest = HubFixture.take(hub.subscribe(to("price:a", "chat").earliest()), Long.MAX_VALUE);
		Taker last = HubFixture.take(hub.subscribe(to("price:a", "chat").last(5)), Long.MAX_VALUE);
		Taker chat = HubFixture.take(hub.subscribe(to("chat").after(before).withNotices()), Long.MAX_VALUE);
		Taker both = HubFixture.take(hub.subscribe(to("price:a", "chat").after(before).withNotices()), Long.MAX_VALUE);
		time.runTasks();
		assertThat(earliest.texts()).containsExactly("2", "3", "4");
		assertThat(last.texts()).containsExactly("2", "3", "4");
		assertThat(chat.texts()).containsExactly("2", "3");
		assertThat(both.texts()).containsExactly("sse-gap {\"reason\":\"expired\"}", "2", "3", "4");
	}

	@Test
	void replayMaxAgeOfAGroupFreesItsTopicsOnly() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub().topics("price:*", (price) -> price.replayMaxAge(Duration.ofMinutes(1))).build();
		publish(hub, "price:a", 0, 3);
		publish(hub, "chat", 0, 3);
		time.pass(Duration.ofSeconds(90));
		assertThat(hub.snapshot().topics()).extracting(SseHubSnapshot.Topic::name, SseHubSnapshot.Topic::retained)
			.containsExactly(tuple("chat", 3), tuple("price:a", 0));
	}

	@Test
	void topicsWithoutAReplayMaxAgeKeepNoTaskRunning() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub().topics("price:*", (price) -> price.replayMaxAge(Duration.ofMinutes(1))).build();
		publish(hub, "price:a", 0, 3);
		publish(hub, "chat", 0, 3);
		time.pass(Duration.ofSeconds(90));
		long tasks = time.scheduler().getScheduledTaskCount();
		time.pass(Duration.ofMinutes(5));
		publish(hub, "chat", 0, 3);
		assertThat(time.scheduler().getScheduledTaskCount()).isEqualTo(tasks).isPositive();
	}

	@Test
	void shortestReplayMaxAgeOfAllGroupsIsMetInTime() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub()
			.replayMaxAge(Duration.ofHours(1))
			.topics("price:*", (price) -> price.replayMaxAge(Duration.ofSeconds(10)))
			.build();
		publish(hub, "price:a", 0, 3);
		time.pass(Duration.ofSeconds(12));
		assertThat(hub.snapshot().retainedBytes()).isZero();
	}

	@Test
	void idleTimeoutIsThatOfEachTopic() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub()
			.topicIdleTimeout(Duration.ofMinutes(2))
			.topics("long:*", (group) -> group.idleTimeout(Duration.ofMinutes(3)))
			.topics("short:*", (group) -> group.idleTimeout(Duration.ofMinutes(1)))
			.build();
		for (String topic : List.of("long:a", "other", "short:a")) {
			publish(hub, topic, 0, 1);
		}
		time.pass(Duration.ofSeconds(59));
		assertThat(topics(hub)).containsExactly("long:a", "other", "short:a");
		time.pass(Duration.ofSeconds(2));
		assertThat(topics(hub)).containsExactly("long:a", "other");
		time.pass(Duration.ofSeconds(60));
		assertThat(topics(hub)).containsExactly("long:a");
		time.pass(Duration.ofSeconds(60));
		assertThat(topics(hub)).isEmpty();
	}

	@Test
	void topicThatIsUsedAgainIsIdleForItsTimeoutFromThenOn() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub().topics("a", (a) -> a.idleTimeout(Duration.ofMinutes(1))).build();
		publish(hub, "a", 0, 1);
		time.pass(Duration.ofSeconds(50));
		publish(hub, "a", 1, 2);
		time.pass(Duration.ofSeconds(50));
		assertThat(topics(hub)).containsExactly("a");
		Taker taker = HubFixture.take(hub.subscribe("a"), 0);
		time.pass(Duration.ofSeconds(50));
		taker.cancel();
		time.pass(Duration.ofSeconds(50));
		assertThat(topics(hub)).containsExactly("a");
		time.pass(Duration.ofSeconds(10));
		assertThat(topics(hub)).isEmpty();
	}

	@Test
	void longestIdleTopicOfAllGroupsGoesFirstAtTheLimit() {
		MovingTime time = new MovingTime();
		SseHub hub = time.hub()
			.maxTopics(3)
			.topics("long:*", (group) -> group.idleTimeout(Duration.ofHours(2)))
			.topics("short:*", (group) -> group.idleTimeout(Duration.ofHours(1)))
			.build();
		for (String topic : List.of("other", "long:a", "short:a", "new:a", "new:b")) {
			publish(hub, topic, 0, 1);
			time.pass(Duration.ofSeconds(1));
		}
		assertThat(topics(hub)).containsExactly("new:a", "new:b", "short:a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*:a", "a*b", "a**" })
	void patternThatIsNoneIsRefused(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseHubBuilder.create().topics(pattern, (none) -> {
		}))
			.withMessage("pattern must be the name of a topic, or a prefix with one '*' at its end, but is '%s'"
				.formatted(pattern));
	}

	@Test
	void patternThatWasAddedBeforeIsRefused() {
		SseHubBuilder builder = SseHubBuilder.create().topics("job:*", (job) -> job.replaySize(1));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.topics("job:*", (job) -> job.replaySize(2)))
			.withMessage("pattern must be added once only, but 'job:*' was added before");
	}

	@Test
	void valueOutOfRangeIsRefusedWithItsPatternAndItsRange() {
		refused((job) -> job.bufferSize(0), "bufferSize of topics 'job:*' must be 1 or more but is 0");
		refused((job) -> job.replaySize(-1), "replaySize of topics 'job:*' must be 0 or more but is -1");
		refused((job) -> job.replayMaxAge(Duration.ZERO), "replayMaxAge of topics 'job:*' must be 1 or more but is 0");
		refused((job) -> job.idleTimeout(Duration.ofMillis(-1)),
				"idleTimeout of topics 'job:*' must be 1 or more but is -1");
	}

	private static void refused(Consumer<SseTopicSettings> settings, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseHubBuilder.create().topics("job:*", settings))
			.withMessage(message);
	}

}
