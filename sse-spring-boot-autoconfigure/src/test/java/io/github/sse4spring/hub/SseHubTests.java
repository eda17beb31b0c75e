package io.github.sse4spring.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEncodingException;
import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseFrame;
import io.github.sse4spring.SseFrames;
import io.github.sse4spring.SseGapReason;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubFullException;
import io.github.sse4spring.SseHubListener;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.HubFixture.Taker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Fuseable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Publishing, subscribing, resuming, lag and bounds of a hub.
 */
class SseHubTests {

	private final HubFixture fixture = new HubFixture();

	private final SseHub hub = this.fixture.hub;

	private static SseSubscription to(String... topics) {
		return SseSubscription.to(topics);
	}

	private static HubFixture with(UnaryOperator<SseHubBuilder> settings) {
		return new HubFixture(settings);
	}

	private static List<String> numbers(int from, int to) {
		return IntStream.range(from, to).mapToObj(Integer::toString).toList();
	}

	// Publish

	@Test
	void everySubscriberGetsEveryEventOfItsTopics() {
		Taker a = this.fixture.take("a");
		Taker both = this.fixture.take("a", "b");
		this.fixture.publish("a", 1);
		this.fixture.publish("b", 2);
		this.fixture.publish("a", 3);
		assertThat(a.texts()).containsExactly("1", "3");
		assertThat(both.texts()).containsExactly("1", "2", "3");
	}

	@Test
	void noSubscribersIsSuccess() {
		SsePublication publication = this.hub.publish(SseEvent.text("a"));
		assertThat(publication.topic()).isEqualTo("default");
		assertThat(publication.subscribers()).isZero();
		assertThat(publication.stored().block(Duration.ofSeconds(1))).endsWith("-1");
	}

	@Test
	void publicationSaysHowManySubscribersThereAre() {
		this.fixture.take("a");
		this.fixture.take("a", "b");
		assertThat(this.hub.publish("a", SseEvent.text("x")).subscribers()).isEqualTo(2);
		assertThat(this.hub.publish("b", SseEvent.text("x")).subscribers()).isEqualTo(1);
	}

	@Test
	void idIsTheEpochAndTheSequenceOfTheHub() {
		assertThat(this.fixture.publish("a", "x")).matches("[0-9a-z]{8}-1");
		assertThat(this.fixture.publish("b", "x")).matches("[0-9a-z]{8}-2");
		assertThat(new HubFixture().publish("a", "x")).isNotEqualTo(this.fixture.publish("a", "x"));
	}

	@Test
	void idLineIsTheLastOfTheFrame() {
		Taker taker = this.fixture.take("a");
		String id = this.fixture.publish("a", "x");
		assertThat(wire(taker.events.get(0))).isEqualTo("data:x\nid:" + id + "\n\n");
	}

	private static String wire(SseEvent event) {
		SseFrame frame = Objects.requireNonNull(SseFrames.of(event));
		ByteBuffer bytes = ByteBuffer.allocate(frame.length());
		frame.copyTo(0, frame.length(), bytes);
		return new String(bytes.array(), StandardCharsets.UTF_8);
	}

	@Test
	void frameWithoutTheIdEndsInABlankLine() {
		Taker taker = this.fixture.take("a");
		this.fixture.publish("a", "x");
		SseEvent withoutId = taker.events.get(0).withoutId();
		assertThat(wire(withoutId)).isEqualTo("data:x\n\n");
		assertThat(withoutId.topic()).isEqualTo("a");
	}

	@Test
	void allSubscribersShareOneFrame() {
		Taker one = this.fixture.take("a");
		Taker other = this.fixture.take("a");
		this.fixture.publish("a", "x");
		assertThat(SseFrames.of(one.events.get(0))).isSameAs(SseFrames.of(other.events.get(0)));
	}

	@Test
	void eventOfAHubHasItsTopicAlsoIfAnOperatorHasChangedIt() {
		Taker taker = this.fixture.take("a");
		this.fixture.publish("a", "x");
		assertThat(taker.events.get(0).topic()).isEqualTo("a");
		assertThat(taker.events.get(0).withName("n").topic()).isEqualTo("a");
	}

	@Test
	void textOfAnEventOfAHubIsDecodedOnce() {
		Taker taker = this.fixture.take("a");
		this.hub.publish("a", SseEvent.json(List.of(1, 2)));
		SseEvent event = taker.events.get(0);
		assertThat(event.text()).isEqualTo("[1,2]").isSameAs(event.text());
		assertThat(event.value()).isNull();
	}

	@Test
	void dataOfAnEventOfAHubIsItsText() {
		Taker taker = this.fixture.take("a");
		this.hub.publish("a", SseEvent.json(List.of(1, 2)).withName("n"));
		this.hub.publish("a", SseEvent.text(" two\r\nlines"));
		this.hub.publish("a", SseEvent.comment("c"));
		assertThat(taker.events).extracting(SseEvent::data).containsExactly("[1,2]", " two\nlines", null);
		assertThat(taker.events.get(0).isJson()).isFalse();
		assertThat(taker.events.get(0).name()).isEqualTo("n");
		assertThat(SseFrames.of(taker.events.get(0).withName("m"))).isNull();
	}

	@Test
	void ownIdOfThePublisherIsKept() {
		Taker taker = this.fixture.take("a");
		this.hub.publish("a", SseEvent.text("x").withId("own"));
		assertThat(taker.events.get(0).id()).isEqualTo("own");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "sse-end", "abcdefgh-12" })
	void idThatLooksLikeTheHubsOwnIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.publish(SseEvent.text("x").withId(id)))
			.withMessageStartingWith("id must not");
	}

	@Test
	void nameOfANoticeIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.publish(SseEvent.text("x").withName("sse-gap")))
			.withMessageStartingWith("name must not begin with 'sse-'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a\nb", "\u007F", "\uD800" })
	void badTopicIsRefused(String topic) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.publish(topic, SseEvent.text("x")))
			.withMessageStartingWith("topic must");
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.subscribe(topic))
			.withMessageStartingWith("topic must");
	}

	@Test
	void topicOfMoreThan128BytesIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.publish("é".repeat(65), SseEvent.text("x")))
			.withMessageContaining("128 bytes");
	}

	@Test
	void failingJsonUsesNoSequenceAndNoStreamNotices() {
		Taker taker = this.fixture.take("a");
		this.fixture.publish("a", 1);
		assertThatExceptionOfType(SseEncodingException.class)
			.isThrownBy(() -> this.hub.publish("a", SseEvent.json(new Object() {

				@com.fasterxml.jackson.annotation.JsonValue
				String value() {
					throw new IllegalStateException("poison");
				}

			})));
		assertThat(this.fixture.publish("a", 2)).endsWith("-2");
		assertThat(taker.texts()).containsExactly("1", "2");
	}

	@Test
	void eventAboveTheLimitIsRefused() {
		HubFixture small = with((builder) -> builder.maxEventSize(40));
		small.publish("a", "x".repeat(10));
		assertThatExceptionOfType(SseEventTooLargeException.class).isThrownBy(() -> small.publish("a", "x".repeat(20)))
			.withMessage("The event has 41 bytes, encoded, but the hub takes 40");
	}

	// Subscribe and start

	@Test
	void subscribingIsLazyAndPerSubscriber() {
		Flux<SseEvent> flux = this.hub.subscribe("a");
		this.fixture.publish("a", 1);
		Taker first = HubFixture.take(flux, Long.MAX_VALUE);
		this.fixture.publish("a", 2);
		Taker second = HubFixture.take(flux, Long.MAX_VALUE);
		this.fixture.publish("a", 3);
		assertThat(first.texts()).containsExactly("2", "3");
		assertThat(second.texts()).containsExactly("3");
	}

	@Test
	void emptyTopicsAreRefusedAndDuplicatesCollapse() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.subscribe(new String[0]));
		assertThat(to("a", "b", "a").topics()).containsExactly("a", "b");
		String[] many = numbers(0, 65).toArray(String[]::new);
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.subscribe(many))
			.withMessage("topics must be 1 to 64 but are 65");
	}

	@Test
	void cancelLeaves() {
		Taker taker = this.fixture.take("a");
		taker.cancel();
		this.fixture.publish("a", 1);
		assertThat(taker.texts()).isEmpty();
		assertThat(this.hub.snapshot().subscribers()).isZero();
		assertThat(this.hub.publish("a", SseEvent.text("x")).subscribers()).isZero();
	}

	@Test
	void earliestBeginsWithTheOldestRetained() {
		HubFixture small = with((builder) -> builder.replaySize(3));
		small.publish("a", 0, 5);
		assertThat(small.take(to("a").earliest()).texts()).containsExactly("2", "3", "4");
	}

	@Test
	void lastBeginsWithTheNewestOverAllTopics() {
		this.fixture.publish("a", 1);
		this.fixture.publish("b", 2);
		this.fixture.publish("c", 3);
		this.fixture.publish("a", 4);
		assertThat(this.fixture.take(to("a", "b").last(2)).texts()).containsExactly("2", "4");
		assertThat(this.fixture.take(to("a", "b").last(99)).texts()).containsExactly("1", "2", "4");
		assertThat(this.fixture.take(to("a", "b").last(0)).texts()).isEmpty();
	}

	@Test
	void severalTopicsArriveInSequenceOrder() {
		for (int i = 0; i < 30; i++) {
			this.fixture.publish(List.of("a", "b", "c").get(i * 7 % 3), i);
		}
		assertThat(this.fixture.take(to("c", "a", "b").earliest()).texts()).isEqualTo(numbers(0, 30));
	}

	@Test
	void positionIsTheIdThatASubscriberStartingNowWouldGet() {
		this.fixture.publish("a", 1);
		String position = this.hub.position();
		this.fixture.publish("a", 2);
		assertThat(this.fixture.take(to("a").after(position)).texts()).containsExactly("2");
	}

	@Test
	void filterTakesOnlySomeEvents() {
		Taker even = this.fixture.take(to("a").filter((event) -> Integer.parseInt((String) event.data()) % 2 == 0));
		this.fixture.publish("a", 0, 6);
		assertThat(even.texts()).containsExactly("0", "2", "4");
	}

	@Test
	void filterThatThrowsEndsItsSubscriberOnly() {
		Taker failing = this.fixture.take(to("a").filter((event) -> {
			throw new IllegalStateException("filter");
		}));
		Taker other = this.fixture.take("a");
		this.fixture.publish("a", 1);
		this.fixture.publish("a", 2);
		assertThat(failing.error).hasMessage("filter");
		assertThat(other.texts()).containsExactly("1", "2");
	}

	@Test
	void withoutResumeWithholdsIds() {
		Taker taker = this.fixture.take(to("a").withoutResume());
		this.fixture.publish("a", 1);
		assertThat(taker.events.get(0).id()).isNull();
		assertThat(taker.texts()).containsExactly("1");
	}

	@Test
	void nothingIsDeliveredBeyondDemand() {
		Taker taker = this.fixture.stalled(to("a"));
		this.fixture.publish("a", 0, 5);
		taker.request(2);
		assertThat(taker.texts()).containsExactly("0", "1");
		taker.request(1);
		assertThat(taker.texts()).containsExactly("0", "1", "2");
	}

	// Resume

	@Test
	void resumeIsWhatIsRetainedAfterThePositionThenLive() {
		this.fixture.publish("a", 1);
		String id = this.fixture.publish("a", 2);
		this.fixture.publish("a", 3);
		Taker taker = this.fixture.take(to("a").after(id).withNotices());
		this.fixture.publish("a", 4);
		assertThat(taker.texts()).containsExactly("3", "4");
	}

	@Test
	void resumeAfterAnEventOfAnotherTopicIsExact() {
		this.fixture.publish("a", 1);
		String id = this.fixture.publish("b", "other");
		this.fixture.publish("a", 2);
		assertThat(this.fixture.take(to("a").after(id).withNotices()).texts()).containsExactly("2");
	}

	@Test
	void positionBelowWhatWasEvictedIsExpired() {
		HubFixture small = with((builder) -> builder.replaySize(2));
		String id = small.publish("a", 0);
		small.publish("a", 1, 3);
		Taker inTime = small.take(to("a").after(id).withNotices());
		assertThat(inTime.texts()).containsExactly("1", "2");
		inTime.cancel();
		small.publish("a", 3);
		Taker taker = small.take(to("a").after(id).withNotices());
		assertThat(taker.texts()).containsExactly("sse-gap {\"reason\":\"expired\"}", "2", "3");
		assertThat(taker.events.get(0).id()).endsWith("-2");
	}

	@Test
	void evictionInAnotherTopicIsNoGap() {
		HubFixture small = with((builder) -> builder.replaySize(2));
		String id = small.publish("a", 0);
		small.publish("b", 0, 10);
		assertThat(small.take(to("a").after(id).withNotices()).texts()).isEmpty();
	}

	@Test
	void anotherEpochIsRestarted() {
		this.fixture.publish("a", 1);
		Taker taker = this.fixture.take(to("a").after("zzzzzzzz-5").withNotices());
		assertThat(taker.texts()).containsExactly("sse-gap {\"reason\":\"restarted\"}", "1");
		assertThat(taker.events.get(0).id()).endsWith("-0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "", "x-1", "-", "99999999999999999999999" })
	void unknownIdIsUnknownAndLiveOnly(String id) {
		this.fixture.publish("a", 1);
		Taker taker = this.fixture.take(to("a").after(id).withNotices());
		this.fixture.publish("a", 2);
		assertThat(taker.texts()).containsExactly("sse-gap {\"reason\":\"unknown\"}", "2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2", "9223372036854775807", "9223372036854775808", "18446744073709551615" })
	void positionBeyondTheTailIsUnknown(String sequence) {
		String id = this.fixture.publish("a", 1);
		String beyond = id.replace("-1", "-" + sequence);
		assertThat(this.fixture.take(to("a").after(beyond).withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"unknown\"}");
	}

	@Test
	void ownIdCanBeResumedFromWhileRetained() {
		HubFixture small = with((builder) -> builder.replaySize(2));
		small.hub.publish("a", SseEvent.text("1").withId("own"));
		small.publish("a", 2);
		Taker inTime = small.take(to("a").after("own").withNotices());
		assertThat(inTime.texts()).containsExactly("2");
		inTime.cancel();
		small.publish("a", 3);
		assertThat(small.take(to("a").after("own").withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"unknown\"}");
	}

	@Test
	void ambiguousOwnIdIsUnknown() {
		this.hub.publish("a", SseEvent.text("1").withId("own"));
		this.hub.publish("a", SseEvent.text("2").withId("own"));
		assertThat(this.fixture.take(to("a").after("own").withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"unknown\"}");
	}

	@Test
	void gapWithoutNoticesIsToldToTheListenerOnly() {
		List<SseGapReason> gaps = new ArrayList<>();
		HubFixture told = with((builder) -> builder.listener(new SseHubListener() {

			@Override
			public void onGap(SseSubscription subscription, SseGapReason reason) {
				gaps.add(reason);
			}

		}));
		assertThat(told.take(to("a").after("zzzzzzzz-5")).texts()).isEmpty();
		assertThat(gaps).containsExactly(SseGapReason.RESTARTED);
	}

	@Test
	void catchingUpLagsOnlyByWhatIsNotRetained() {
		HubFixture small = with((builder) -> builder.bufferSize(2).replaySize(100));
		String id = small.publish("a", 0);
		small.publish("a", 1, 50);
		Taker taker = small.stalled(to("a").after(id).withNotices());
		small.publish("a", 50, 60);
		assertThat(taker.takeAll().texts()).startsWith(numbers(1, 50).toArray(String[]::new))
			.endsWith("sse-lag {\"missed\":9}", "59")
			.hasSize(51);
	}

	// Lag

	@Test
	void subscriberWithinItsBufferDoesNotLag() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(4).withNotices());
		this.fixture.publish("a", 0, 4);
		assertThat(taker.takeAll().texts()).isEqualTo(numbers(0, 4));
	}

	@Test
	void skipGoesOnHalfTheBufferBehindTheTail() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(4).withNotices());
		taker.request(1);
		this.fixture.publish("a", 0, 10);
		// 0 is received, 1 to 7 are missed, and 8 and 9 are half a buffer of four.
		assertThat(taker.takeAll().texts()).containsExactly("0", "sse-lag {\"missed\":7}", "8", "9");
		assertThat(taker.events.get(1).id()).endsWith("-8");
		assertThat(taker.events.get(2).id()).endsWith("-9");
	}

	@Test
	void skipToLatestLeavesTheNewestOnly() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(4).onLag(SseLagPolicy.SKIP_TO_LATEST).withNotices());
		taker.request(1);
		this.fixture.publish("a", 0, 10);
		assertThat(taker.takeAll().texts()).containsExactly("0", "sse-lag {\"missed\":8}", "9");
	}

	@Test
	void disconnectEndsCleanlyWithoutCount() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(4).onLag(SseLagPolicy.DISCONNECT).withNotices());
		taker.request(1);
		this.fixture.publish("a", 0, 10);
		assertThat(taker.takeAll().texts()).containsExactly("0");
		assertThat(taker.completed).isTrue();
	}

	@Test
	void failIsAnExceptionWithTopicsAndMissed() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(4).onLag(SseLagPolicy.FAIL));
		taker.request(1);
		this.fixture.publish("a", 0, 10);
		taker.takeAll();
		assertThat(taker.error).isInstanceOfSatisfying(SseLagException.class, (ex) -> {
			assertThat(ex.topics()).containsExactly("a");
			assertThat(ex.missed()).isEqualTo(9);
		});
	}

	@Test
	void laggingSubscriberCanLagAgain() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(2).withNotices());
		taker.request(1);
		this.fixture.publish("a", 0, 10);
		taker.request(2);
		this.fixture.publish("a", 10, 20);
		taker.takeAll();
		assertThat(taker.texts()).containsExactly("0", "sse-lag {\"missed\":8}", "9", "sse-lag {\"missed\":9}", "19");
	}

	@Test
	void hotTopicNeverMakesAQuietOneSkip() {
		Taker taker = this.fixture.stalled(to("hot", "quiet").bufferSize(4).withNotices());
		taker.request(1);
		this.fixture.publish("hot", 0);
		this.fixture.publish("quiet", "q");
		this.fixture.publish("hot", 1, 20);
		assertThat(taker.takeAll().texts()).containsExactly("0", "sse-lag {\"missed\":17}", "q", "18", "19");
	}

	@Test
	void lagIsPerSubscriber() {
		Taker slow = this.fixture.stalled(to("a").bufferSize(2));
		Taker fast = this.fixture.take("a");
		this.fixture.publish("a", 0, 100);
		assertThat(fast.texts()).isEqualTo(numbers(0, 100));
		assertThat(slow.texts()).isEmpty();
	}

	@Test
	void receivedAndMissedIsPublished() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(8).withNotices());
		taker.request(1);
		for (int i = 0; i < 500; i++) {
			this.fixture.publish("a", i);
			if (i % 37 == 0) {
				taker.request(5);
			}
		}
		taker.takeAll();
		long missed = taker.events.stream()
			.filter(SseEvent::isNotice)
			.mapToLong((notice) -> Long.parseLong(((String) notice.data()).replaceAll("[^0-9]", "")))
			.sum();
		long received = taker.events.stream().filter((event) -> !event.isNotice()).count();
		assertThat(missed).isPositive();
		assertThat(received + missed).isEqualTo(500);
	}

	@Test
	void skipToLatestLeavesTheNewestOnlyAlsoAfterACut() {
		HubFixture small = with((builder) -> builder.maxRetainedSize(5 * (128 + 54)).bufferSize(100));
		Taker taker = small.stalled(to("a").withNotices().onLag(SseLagPolicy.SKIP_TO_LATEST));
		taker.request(1);
		small.publish("a", 100, 110);
		assertThat(taker.takeAll().texts()).containsExactly("100", "sse-lag {\"missed\":8}", "109");
	}

	@ParameterizedTest
	@EnumSource(names = { "DISCONNECT", "FAIL" })
	void subscriberIsEndedAlsoWhenACutOvertakesIt(SseLagPolicy policy) {
		HubFixture small = with((builder) -> builder.maxRetainedSize(5 * (128 + 54)).bufferSize(100));
		Taker taker = small.stalled(to("a").onLag(policy));
		taker.request(1);
		small.publish("a", 100, 110);
		taker.takeAll();
		assertThat(taker.texts()).containsExactly("100");
		assertThat(taker.completed).isEqualTo(policy == SseLagPolicy.DISCONNECT);
		assertThat(taker.error != null).isEqualTo(policy == SseLagPolicy.FAIL);
	}

	@Test
	void snapshotCountsWhatWasMissed() {
		Taker taker = this.fixture.stalled(to("a").bufferSize(4));
		this.fixture.publish("a", 0, 10);
		taker.takeAll();
		assertThat(this.hub.snapshot().missed()).isEqualTo(8);
	}

	@Test
	void afterNullIsLatest() {
		this.fixture.publish("a", 1);
		Taker taker = this.fixture.take(to("a").after(null));
		this.fixture.publish("a", 2);
		assertThat(taker.texts()).containsExactly("2");
	}

	// Bounds

	@Test
	void topicForgottenAtTheLimitIsExpired() {
		HubFixture small = with((builder) -> builder.maxTopics(1));
		String seen = small.publish("a", 1);
		small.publish("a", 2);
		small.publish("b", 1);
		Taker taker = small.take(to("a").after(seen).withNotices());
		assertThat(taker.texts()).containsExactly("sse-gap {\"reason\":\"expired\"}");
	}

	@Test
	void manyIdleTopicsAreForgottenALittleAtATime() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		HubFixture small = with((builder) -> builder.clock(new MovingClock(now)));
		for (int i = 0; i < 200; i++) {
			small.publish("topic " + i, i);
		}
		now.set(Instant.EPOCH.plus(Duration.ofHours(1)));
		assertThat(small.hub.snapshot().topics()).hasSize(200 - 64);
		small.publish("a", 1);
		small.publish("a", 2);
		small.publish("a", 3);
		assertThat(small.hub.snapshot().topics()).extracting(SseHubSnapshot.Topic::name).containsExactly("a");
		assertThat(small.hub.snapshot().retainedBytes()).isLessThan(3 * 200);
	}

	@Test
	void ringIsOnlyAsLargeAsWhatItRetains() {
		HubFixture small = with((builder) -> builder.replaySize(2));
		Taker stalled = small.stalled(to("a").bufferSize(1000));
		small.publish("a", 0, 1000);
		stalled.cancel();
		small.publish("a", 0, 20);
		assertThat(small.retained("a")).isEqualTo(2);
		assertThat(small.take(to("a").earliest()).texts()).containsExactly("18", "19");
	}

	@Test
	void topicRetainsTheReplaySizeOrTheLargestLiveBuffer() {
		HubFixture small = with((builder) -> builder.replaySize(3));
		Taker stalled = small.stalled(to("a").bufferSize(10).withNotices());
		small.publish("a", 0, 9);
		assertThat(small.retained("a")).isEqualTo(9);
		assertThat(stalled.takeAll().texts()).isEqualTo(numbers(0, 9));
		stalled.cancel();
		small.publish("a", 9);
		assertThat(small.retained("a")).isEqualTo(3);
	}

	@Test
	void oldestOfTheHubGoesFirstWhenItRetainsTooMuch() {
		HubFixture small = with((builder) -> builder.maxRetainedSize(10 * (128 + 50)));
		small.publish("old", "x");
		small.publish("a", 100, 104);
		small.publish("b", 100, 110);
		assertThat(small.retained("old")).isZero();
		assertThat(small.retained("a")).isLessThan(4);
		assertThat(small.retained("b")).isGreaterThan(5);
		assertThat(small.hub.snapshot().retainedBytes()).isLessThanOrEqualTo(10 * (128 + 50));
	}

	@Test
	void cursorOvertakenByAnyCutHasLagged() {
		HubFixture small = with((builder) -> builder.maxRetainedSize(5 * (128 + 54)).bufferSize(100));
		Taker taker = small.stalled(to("a").withNotices());
		small.publish("a", 100, 110);
		taker.takeAll();
		assertThat(taker.texts().get(0)).isEqualTo("sse-lag {\"missed\":5}");
		assertThat(taker.texts()).hasSize(6).endsWith("109");
	}

	@Test
	void cursorInARingThatWasEmptiedGoesOnWithTheNextEvent() {
		HubFixture small = with((builder) -> builder.maxRetainedSize(3 * (128 + 54)));
		Taker taker = small.stalled(to("quiet").withNotices());
		small.publish("quiet", 1);
		small.publish("hot", 100, 110);
		assertThat(small.retained("quiet")).isZero();
		assertThat(taker.takeAll().texts()).isEmpty();
		small.publish("quiet", 2);
		assertThat(taker.texts()).containsExactly("sse-lag {\"missed\":1}", "2");
	}

	@Test
	void forgottenTopicsLeaveNothingBehind() {
		Retention retention = new Retention(1_000_000);
		for (int i = 0; i < 500; i++) {
			Ring ring = new Ring(0);
			Slot slot = new Slot(0, i + 1, 0, false, SseEvent.text("x"), 100, 0);
			ring.append(slot);
			retention.appended(ring, slot, 10);
			retention.forget(ring);
		}
		assertThat(retention.bytes()).isZero();
		assertThat(retention.size()).isZero();
	}

	@Test
	void resumeAfterAnOwnIdIsExpiredForTheOtherTopicsToo() {
		HubFixture small = with((builder) -> builder.replaySize(4));
		small.hub.publish("quiet", SseEvent.text("q").withId("own"));
		small.publish("hot", 0, 10);
		assertThat(small.take(to("quiet", "hot").after("own").withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"expired\"}", "6", "7", "8", "9");
	}

	@Test
	void whatWasMissedBeforeTheEndIsTold() {
		HubFixture small = with((builder) -> builder.bufferSize(2).replaySize(2));
		Taker taker = small.stalled(to("a").onLag(SseLagPolicy.SKIP_TO_LATEST).withNotices());
		taker.request(1);
		small.publish("a", 0, 10);
		small.hub.complete("a");
		assertThat(taker.takeAll().texts()).containsExactly("0", "sse-lag {\"missed\":8}", "9");
		assertThat(taker.completed).isTrue();
	}

	@Test
	void gapIsToldBeforeTheEndAlsoWithoutDemand() {
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		Taker taker = this.fixture.stalled(to("a").after("nonsense").withNotices());
		assertThat(taker.completed).isFalse();
		assertThat(taker.takeAll().texts()).containsExactly("sse-gap {\"reason\":\"unknown\"}");
		assertThat(taker.completed).isTrue();
	}

	@Test
	void catchingUpMissesOnlyWhatIsNotRetained() {
		HubFixture small = with((builder) -> builder.bufferSize(10).replaySize(100));
		String id = small.publish("a", 0);
		small.publish("a", 1, 100);
		Taker taker = small.stalled(to("a").after(id).withNotices());
		small.publish("a", 100, 105);
		assertThat(taker.takeAll().texts()).startsWith("sse-lag {\"missed\":4}", "5", "6").endsWith("104");
	}

	@Test
	void clockThatGoesBackMakesNoHole() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(50));
		HubFixture aged = with((builder) -> builder.replayMaxAge(Duration.ofSeconds(60)).clock(new MovingClock(now)));
		String id = aged.publish("a", 0);
		for (int seconds : new int[] { 100, 40, 110 }) {
			now.set(Instant.ofEpochSecond(seconds));
			aged.publish("a", seconds);
		}
		now.set(Instant.ofEpochSecond(120));
		assertThat(aged.take(to("a").after(id).withNotices()).texts()).endsWith("100", "40", "110");
	}

	@Test
	void maxAgeAppliesWhereASubscriptionStartsOnly() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		HubFixture aged = with((builder) -> builder.replayMaxAge(Duration.ofMinutes(1)).clock(new MovingClock(now)));
		Taker live = aged.stalled(to("a").withNotices());
		String id = aged.publish("a", 1);
		aged.publish("a", 2);
		now.set(Instant.EPOCH.plusSeconds(120));
		aged.publish("a", 3);
		assertThat(aged.take(to("a").earliest()).texts()).containsExactly("3");
		assertThat(aged.take(to("a").after(id).withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"expired\"}", "3");
		assertThat(live.takeAll().texts()).containsExactly("1", "2", "3");
	}

	@Test
	void idleTopicGoesWithAllItRetainsAndItsPositionIsExpired() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		HubFixture idle = with(
				(builder) -> builder.topicIdleTimeout(Duration.ofMinutes(1)).clock(new MovingClock(now)));
		String position = idle.hub.position();
		idle.publish("a", 1);
		now.set(Instant.EPOCH.plusSeconds(61));
		idle.publish("b", 2);
		assertThat(idle.hub.snapshot().topics()).extracting(SseHubSnapshot.Topic::name).containsExactly("b");
		assertThat(idle.take(to("a").after(position).withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"expired\"}");
	}

	@Test
	void topicWithASubscriberIsNotIdle() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		HubFixture idle = with(
				(builder) -> builder.topicIdleTimeout(Duration.ofMinutes(1)).clock(new MovingClock(now)));
		Taker taker = idle.take("a");
		idle.publish("a", 1);
		now.set(Instant.EPOCH.plusSeconds(3600));
		idle.publish("b", 2);
		idle.publish("a", 3);
		assertThat(taker.texts()).containsExactly("1", "3");
	}

	@Test
	void longestIdleTopicGoesFirstAtTheLimitAndNoneMeansFull() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		HubFixture few = with((builder) -> builder.maxTopics(2).clock(new MovingClock(now)));
		few.publish("a", 1);
		now.set(Instant.EPOCH.plusSeconds(1));
		few.publish("b", 1);
		few.publish("c", 1);
		assertThat(few.hub.snapshot().topics()).extracting(SseHubSnapshot.Topic::name).containsExactly("b", "c");
		few.take("b", "c");
		assertThatExceptionOfType(SseHubFullException.class).isThrownBy(() -> few.publish("d", 1))
			.withMessageContaining("2 topics");
		few.take("e", "f");
		assertThat(few.publish("b", 2)).isNotNull();
	}

	@Test
	void subscriptionCreatesNoRing() {
		this.fixture.take("a");
		assertThat(this.fixture.retained("a")).isZero();
		assertThat(this.hub.snapshot().retainedBytes()).isZero();
	}

	// Others

	@Test
	void snapshotSaysWhatThereIs() {
		this.fixture.take("a", "b");
		String id = this.fixture.publish("a", "x");
		SseHubSnapshot snapshot = this.hub.snapshot();
		assertThat(snapshot.position()).isEqualTo(id);
		assertThat(snapshot.epoch()).isEqualTo(id.substring(0, 8));
		assertThat(snapshot.subscribers()).isEqualTo(1);
		assertThat(snapshot.topics()).containsExactly(new SseHubSnapshot.Topic("a", 1, 1, id),
				new SseHubSnapshot.Topic("b", 1, 0, null));
	}

	@Test
	void listenersAreToldAndOneThatThrowsHarmsOnlyItself() {
		List<String> told = new ArrayList<>();
		SseHubListener failing = new SseHubListener() {

			@Override
			public void onPublish(String topic, String id) {
				throw new IllegalStateException("listener");
			}

		};
		SseHubListener telling = new SseHubListener() {

			@Override
			public void onPublish(String topic, String id) {
				told.add("publish " + topic);
			}

			@Override
			public void onSubscribe(SseSubscription subscription) {
				told.add("subscribe " + subscription.topics());
			}

			@Override
			public void onCancel(SseSubscription subscription) {
				told.add("cancel " + subscription.topics());
			}

			@Override
			public void onLag(SseSubscription subscription, long missed) {
				told.add("lag " + missed);
			}

		};
		HubFixture listened = with((builder) -> builder.listener(failing).listener(telling).bufferSize(2));
		Taker taker = listened.stalled(to("a"));
		taker.request(1);
		listened.publish("a", 0, 4);
		taker.takeAll().cancel();
		assertThat(told).containsExactly("subscribe [a]", "publish a", "publish a", "publish a", "publish a", "lag 2",
				"cancel [a]");
	}

	@Test
	void loopIsForgottenWithItsLastSubscriber() {
		LoopDispatchers dispatchers = new LoopDispatchers(Schedulers.parallel());
		List<LoopDispatcher> acquired = IntStream.range(0, 100).mapToObj((i) -> dispatchers.acquire(null)).toList();
		assertThat(dispatchers.size()).isEqualTo(Math.min(100, Runtime.getRuntime().availableProcessors()));
		acquired.forEach(dispatchers::release);
		assertThat(dispatchers.size()).isZero();
	}

	@Test
	void subscriberThatPublishesKeepsTheOrderForAll() {
		Taker before = this.fixture.take("a");
		this.hub.subscribe("a").filter((event) -> "1".equals(event.data())).subscribe((event) -> publishTwo());
		Taker after = this.fixture.take("a");
		this.fixture.publish("a", 1);
		assertThat(before.texts()).containsExactly("1", "2", "3");
		assertThat(after.texts()).containsExactly("1", "2", "3");
	}

	private void publishTwo() {
		this.fixture.publish("a", 2);
		this.fixture.publish("a", 3);
	}

	@Test
	void inlineExecutorRunsTheOthersAlsoIfOneFails() {
		List<String> ran = new ArrayList<>();
		InlineExecutor executor = new InlineExecutor();
		assertThatIllegalStateException().isThrownBy(() -> executor.execute(() -> {
			executor.execute(() -> ran.add("inner"));
			throw new IllegalStateException("once");
		}));
		executor.execute(() -> ran.add("next"));
		assertThat(ran).containsExactly("inner", "next");
	}

	@Test
	void listenersAreCalledInOrderOutsideTheLock() {
		List<String> told = new ArrayList<>();
		SseHub[] listened = new SseHub[1];
		listened[0] = with((builder) -> builder.listener(new SseHubListener() {

			@Override
			public void onPublish(String topic, String id) {
				// Another thread can take the lock only if this thread does not hold it.
				told.add("first " + CompletableFuture.supplyAsync(() -> listened[0].snapshot().position())
					.orTimeout(5, TimeUnit.SECONDS)
					.join()
					.equals(id));
			}

		}).listener(new SseHubListener() {

			@Override
			public void onPublish(String topic, String id) {
				told.add("second");
			}

		})).hub;
		listened[0].publish("a", SseEvent.text("x"));
		assertThat(told).containsExactly("first true", "second");
	}

	@Test
	void listenerThatThrowsAnErrorHarmsOnlyItself() {
		HubFixture listened = with((builder) -> builder.bufferSize(2).listener(new SseHubListener() {

			@Override
			public void onPublish(String topic, String id) {
				throw new NoSuchMethodError("publish");
			}

			@Override
			public void onSubscribe(SseSubscription subscription) {
				throw new AssertionError("subscribe");
			}

			@Override
			public void onLag(SseSubscription subscription, long missed) {
				throw new AssertionError("lag");
			}

			@Override
			public void onCancel(SseSubscription subscription) {
				throw new AssertionError("cancel");
			}

		}));
		Taker taker = listened.stalled(to("a"));
		listened.publish("a", 0, 4);
		assertThat(taker.takeAll().texts()).containsExactly("3");
		taker.cancel();
		assertThat(listened.hub.snapshot().subscribers()).isZero();
	}

	@Test
	void subscribersThatWaitFailWhenTheirSchedulerGoes() {
		Scheduler scheduler = Schedulers.newSingle("going");
		HubFixture going = with((builder) -> builder.scheduler(scheduler));
		StepVerifier.create(going.hub.subscribe("a")).then(() -> going.publish("a", 1)).expectNextCount(1).then(() -> {
			// Wait for every task that the scheduler has taken. Disposal would drop them.
			Mono.just(1).publishOn(scheduler).block(Duration.ofSeconds(5));
			scheduler.dispose();
			going.publish("a", 2);
		}).expectError(RejectedExecutionException.class).verify(Duration.ofSeconds(5));
		assertThat(going.hub.snapshot().subscribers()).isZero();
	}

	@Test
	void schedulerThatIsGoneFailsItsSubscribers() {
		Scheduler scheduler = Schedulers.newSingle("gone");
		HubFixture gone = with((builder) -> builder.scheduler(scheduler));
		scheduler.dispose();
		Taker taker = gone.take("a");
		assertThat(taker.error).isInstanceOf(RejectedExecutionException.class).hasMessageContaining("scheduler");
		assertThat(gone.hub.snapshot().subscribers()).isZero();
	}

	@Test
	void fusedSubscriberPolls() {
		StepVerifier.create(this.hub.subscribe("a").map(SseEvent::data).take(3))
			.then(() -> this.fixture.publish("a", 0, 3))
			.expectNext("0", "1", "2")
			.expectComplete()
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void fusionAcrossThreadsIsRefused() {
		StepVerifier.create(this.hub.subscribe("a"))
			.expectFusion(Fuseable.ASYNC | Fuseable.THREAD_BARRIER, Fuseable.NONE)
			.thenCancel()
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void publishingHandsALoopOneTaskHoweverManySubscribersItHas() {
		List<Runnable> tasks = new ArrayList<>();
		LoopDispatcher dispatcher = new LoopDispatcher("loop", tasks::add);
		Topic topic = new Topic("a",
				new TopicSettings(TopicSettings.ALL, 1, SseLagPolicy.SKIP, 1, null, Duration.ofMinutes(1)));
		WakeGroup group = topic.join(dispatcher, 1);
		for (int i = 0; i < 1000; i++) {
			assertThat(topic.join(dispatcher, 1)).isSameAs(group);
		}
		topic.wake();
		topic.wake();
		assertThat(tasks).hasSize(1);
		tasks.remove(0).run();
		topic.wake();
		assertThat(tasks).hasSize(1);
	}

	@Test
	void positionOfAFilteringSubscriberNeverOvertakesWhatWasHandedOver() throws Exception {
		HubSubscription subscription = (HubSubscription) subscriptionOf(
				to("a").filter((event) -> !"left out".equals(event.data())));
		int[] expected = new int[1];
		Thread publisher = new Thread(() -> {
			for (int i = 1; i <= 20_000; i++) {
				this.fixture.publish("a", (i % 3 == 0) ? "left out" : "taken");
			}
		});
		publisher.start();
		while (publisher.isAlive()) {
			String before = subscription.progress().position();
			String after = subscription.progress().positionAfter(before);
			if (after != null) {
				// Only an event that was left out may be between the two.
				assertThat(sequence(after) - sequence(before)).isBetween(0L, 1L);
				assertThat(after.equals(before) || sequence(after) % 3 == 0).isTrue();
				expected[0]++;
			}
		}
		publisher.join();
		assertThat(subscription.progress().position()).isEqualTo(this.hub.position());
	}

	private static long sequence(String id) {
		return Long.parseLong(id.substring(id.indexOf('-') + 1));
	}

	private Subscription subscriptionOf(SseSubscription description) {
		AtomicReference<Subscription> subscription = new AtomicReference<>();
		this.hub.subscribe(description).subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription upstream) {
				subscription.set(upstream);
				requestUnbounded();
			}

		});
		return subscription.get();
	}

	@Test
	void badSettingIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SseHubBuilder.create().bufferSize(0))
			.withMessage("bufferSize must be 1 or more but is 0");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SseHubBuilder.create().replayMaxAge(Duration.ofMillis(-1)))
			.withMessage("replayMaxAge must be 1 or more but is -1");
		assertThatIllegalArgumentException().isThrownBy(() -> to("a").bufferSize(0));
		assertThatIllegalArgumentException().isThrownBy(() -> to("a").last(-1));
	}

	private static final class MovingClock extends Clock {

		private final AtomicReference<Instant> now;

		private MovingClock(AtomicReference<Instant> now) {
			this.now = now;
		}

		@Override
		public ZoneOffset getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(java.time.ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return this.now.get();
		}

	}

}
