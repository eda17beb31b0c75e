package io.github.sse4spring.hub;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.HubFixture.Taker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * What a hub keeps, for how long, and what it remembers of what it does not keep.
 */
@ExtendWith(OutputCaptureExtension.class)
class SseHubRetentionTests {

	private static SseSubscription to(String... topics) {
		return SseSubscription.to(topics);
	}

	@Test
	void byteBoundCountsNameAndComment() {
		HubFixture fixture = new HubFixture();
		fixture.publish("a", "x");
		long plain = fixture.hub.snapshot().retainedBytes();
		fixture.hub.publish("a", SseEvent.builder().name("n".repeat(100)).text("x").comment("c".repeat(1000)).build());
		// As bytes of the frame, and as characters that the event keeps.
		assertThat(fixture.hub.snapshot().retainedBytes() - 2 * plain).isGreaterThanOrEqualTo(3 * (100 + 1000));
	}

	@Test
	void replayMaxAgeFreesMemoryWithoutAnotherPublish() {
		Aging aging = new Aging();
		aging.publish(0, 10);
		aging.pass(Duration.ofSeconds(59));
		assertThat(aging.hub.snapshot().retainedBytes()).isPositive();
		aging.pass(Duration.ofSeconds(30));
		assertThat(aging.hub.snapshot().retainedBytes()).isZero();
	}

	@Test
	void replayMaxAgeFreesWhatEverySubscriberHasRead() {
		Aging aging = new Aging();
		Taker reading = HubFixture.take(aging.hub.subscribe(to("a")), Long.MAX_VALUE);
		aging.publish(0, 10);
		aging.pass(Duration.ofSeconds(90));
		assertThat(reading.events).hasSize(10);
		assertThat(aging.hub.snapshot().retainedBytes()).isZero();
	}

	@Test
	void replayMaxAgeNeverFreesWhatALiveCursorWithinItsBufferHasNotRead() {
		Aging aging = new Aging();
		Taker stalled = HubFixture.take(aging.hub.subscribe(to("a").bufferSize(6).withNotices()), 0);
		aging.publish(0, 6);
		aging.pass(Duration.ofSeconds(90));
		stalled.takeAll();
		aging.pass(Duration.ZERO);
		assertThat(stalled.texts()).containsExactly("0", "1", "2", "3", "4", "5");
	}

	@Test
	void replayMaxAgeFreesWhatACursorBehindItsBufferHasNotRead() {
		Aging aging = new Aging();
		HubFixture.take(aging.hub.subscribe(to("a").bufferSize(6)), 0);
		aging.publish(0, 10);
		aging.pass(Duration.ofSeconds(90));
		assertThat(aging.hub.snapshot().topics().get(0).retained()).isEqualTo(6);
	}

	@Test
	void positionOfEventsThatWereFreedIsExpired() {
		Aging aging = new Aging();
		String before = aging.hub.position();
		aging.publish(0, 10);
		String behind = aging.hub.position();
		aging.pass(Duration.ofSeconds(90));
		Taker late = HubFixture.take(aging.hub.subscribe(to("a").after(before).withNotices()), Long.MAX_VALUE);
		Taker caughtUp = HubFixture.take(aging.hub.subscribe(to("a").after(behind).withNotices()), Long.MAX_VALUE);
		aging.publish(10, 11);
		aging.pass(Duration.ZERO);
		assertThat(late.texts()).containsExactly("sse-gap {\"reason\":\"expired\"}", "10");
		assertThat(caughtUp.texts()).containsExactly("10");
	}

	@Test
	void lagWhoseTopicStaysQuietIsToldWithinASecond() {
		Aging aging = new Aging();
		SseHub small = SseHubBuilder.create().maxRetainedSize(100).scheduler(aging.time.scheduler()).build();
		Taker taker = HubFixture.take(small.subscribe(to("a").withNotices()), Long.MAX_VALUE);
		for (int i = 0; i < 3; i++) {
			small.publish("a", SseEvent.text("evicted at once"));
		}
		aging.pass(Duration.ofSeconds(1));
		assertThat(taker.texts()).containsExactly("sse-lag {\"missed\":3}");
		assertThat(taker.events.get(0).id()).isEqualTo(small.position());
	}

	@Test
	void lagIsNotToldTwice() {
		Aging aging = new Aging();
		Taker taker = HubFixture.take(aging.hub.subscribe(to("a").bufferSize(2).withNotices()), 0);
		aging.publish(0, 10);
		taker.takeAll();
		aging.pass(Duration.ofSeconds(2));
		aging.publish(10, 11);
		aging.pass(Duration.ofSeconds(2));
		assertThat(taker.texts()).containsExactly("sse-lag {\"missed\":9}", "9", "10");
	}

	@Test
	void ownIdOfAnotherTopicIsUnknownAlsoWhenItsEventWasEvicted() {
		HubFixture few = new HubFixture((builder) -> builder.replaySize(4).bufferSize(4));
		for (int i = 1; i <= 7; i++) {
			few.hub.publish("a", SseEvent.text("a-" + i).withId(Integer.toString(i)));
		}
		for (int i = 1; i <= 3; i++) {
			few.hub.publish("b", SseEvent.text("b-" + i).withId(Integer.toString(i)));
		}
		assertThat(few.take(to("a", "b").after("1").withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"unknown\"}");
		assertThat(few.take(to("b").after("1").withNotices()).texts())
			.containsExactly("sse-gap {\"reason\":\"unknown\"}");
		assertThat(few.take(to("a").after("6").withNotices()).texts()).containsExactly("a-7");
	}

	@Test
	void controlCharactersOfAnOwnIdAreEscapedInTheWarning(CapturedOutput output) {
		SseHub hub = SseHubBuilder.create().build();
		for (int i = 0; i < 2; i++) {
			hub.publish("orders", SseEvent.text("x").withId("a\u0085b"));
		}
		assertThat(output).contains("with the id 'a\\u0085b'");
	}

	@Test
	void replayMaxAgeFreesMemoryAlsoWhereTheSchedulerCannotDelay() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		Clock clock = mock(Clock.class);
		given(clock.millis()).willAnswer((invocation) -> now.get().toEpochMilli());
		SseHub hub = SseHubBuilder.create()
			.replayMaxAge(Duration.ofSeconds(1))
			.clock(clock)
			.scheduler(Schedulers.fromExecutor(Runnable::run))
			.build();
		hub.publish("a", SseEvent.text("x"));
		now.set(Instant.EPOCH.plusSeconds(10));
		await().until(() -> hub.snapshot().retainedBytes() == 0);
	}

	@Test
	void ownIdThatRepeatsIsWarnedOfOnce(CapturedOutput output) {
		SseHub hub = SseHubBuilder.create().build();
		for (int i = 0; i < 3; i++) {
			hub.publish("orders", SseEvent.text("x").withId("same"));
		}
		assertThat(output).containsOnlyOnce("to topic 'orders' with the id 'same', which another event of the hub had");
	}

	/** A hub that retains events for a minute. */
	private static final class Aging {

		private final MovingTime time = new MovingTime();

		private final SseHub hub = this.time.hub().replayMaxAge(Duration.ofMinutes(1)).build();

		private void publish(int from, int to) {
			for (int i = from; i < to; i++) {
				this.hub.publish("a", SseEvent.text(Integer.toString(i)));
			}
		}

		private void pass(Duration duration) {
			this.time.pass(duration);
		}

	}

}
