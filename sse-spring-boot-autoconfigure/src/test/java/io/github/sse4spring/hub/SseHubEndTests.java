package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseHubFullException;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.HubFixture.Taker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The ends of topics and of the hub.
 */
class SseHubEndTests {

	private final HubFixture fixture = new HubFixture();

	private final SseHub hub = this.fixture.hub;

	private static SseSubscription to(String... topics) {
		return SseSubscription.to(topics);
	}

	private static HubFixture with(UnaryOperator<SseHubBuilder> settings) {
		return new HubFixture(settings);
	}

	@Test
	void completeEndsTheTopicInItsPlace() {
		Taker slow = this.fixture.stalled(to("a"));
		Taker fast = this.fixture.take("a");
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		assertThat(fast.texts()).containsExactly("1");
		assertThat(fast.completed).isTrue();
		assertThat(slow.completed).isFalse();
		assertThat(slow.takeAll().texts()).containsExactly("1");
		assertThat(slow.completed).isTrue();
	}

	@Test
	void completedTopicIsCompleteForLaterOnesUntilItIsPublishedTo() {
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		assertThat(this.fixture.take("a").completed).isTrue();
		Taker replaying = this.fixture.take(to("a").earliest());
		assertThat(replaying.texts()).containsExactly("1");
		assertThat(replaying.completed).isTrue();
		this.fixture.publish("a", 2);
		Taker live = this.fixture.take("a");
		this.fixture.publish("a", 3);
		assertThat(live.texts()).containsExactly("3");
		assertThat(live.completed).isFalse();
	}

	@Test
	void severalTopicsCompleteWithTheLast() {
		Taker taker = this.fixture.take("a", "b");
		this.hub.complete("a");
		this.fixture.publish("b", 1);
		assertThat(taker.completed).isFalse();
		this.hub.complete("b");
		assertThat(taker.texts()).containsExactly("1");
		assertThat(taker.completed).isTrue();
	}

	@Test
	void topicThatIsPublishedToAgainGoesOnForThoseWhoHaveOthersOpen() {
		Taker taker = this.fixture.take("a", "b");
		this.hub.complete("a");
		this.fixture.publish("a", 1);
		this.hub.complete("b");
		assertThat(taker.completed).isFalse();
		this.fixture.publish("a", 2);
		this.hub.complete("a");
		assertThat(taker.texts()).containsExactly("1", "2");
		assertThat(taker.completed).isTrue();
	}

	@Test
	void slowSubscriberCompletesWhereAllTopicsWereComplete() {
		Taker slow = this.fixture.stalled(to("a", "b"));
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		this.hub.complete("b");
		this.fixture.publish("a", 2);
		assertThat(slow.takeAll().texts()).containsExactly("1");
		assertThat(slow.completed).isTrue();
		assertThat(this.fixture.take("a", "b").completed).isFalse();
	}

	@Test
	void completingACompleteTopicChangesNothing() {
		this.hub.complete("a");
		String position = this.hub.position();
		this.hub.complete("a");
		assertThat(this.hub.position()).isEqualTo(position);
	}

	private String end(HubFixture fixture, String topic) {
		return fixture.hub.complete(topic).stored().blockOptional(Duration.ofSeconds(1)).orElseThrow();
	}

	@Test
	void completeReturnsTheTopicAndItsSubscribersOnThisNode() {
		this.fixture.take("a");
		this.fixture.stalled(to("a", "b"));
		SsePublication publication = this.hub.complete("a");
		assertThat(publication.topic()).isEqualTo("a");
		assertThat(publication.subscribers()).isEqualTo(2);
		assertThat(this.hub.complete("c").subscribers()).isZero();
	}

	@Test
	void completeReturnsThePositionOfTheEnd() {
		String last = this.fixture.publish("a", 1);
		assertThat(end(this.fixture, "a")).isEqualTo(this.hub.position()).isNotEqualTo(last);
	}

	@Test
	void completingACompleteTopicReturnsThePositionOfThatEnd() {
		String end = end(this.fixture, "a");
		this.fixture.publish("b", 1);
		assertThat(end(this.fixture, "a")).isEqualTo(end);
		this.fixture.publish("a", 1);
		assertThat(end(this.fixture, "a")).isNotEqualTo(end);
	}

	@Test
	void completingACompleteTopicReturnsThePositionOfThatEndAlsoWhenItIsNotRetained() {
		HubFixture small = with((builder) -> builder.maxRetainedSize(300));
		String end = end(small, "a");
		small.publish("b", 1);
		small.publish("b", 2);
		assertThat(small.hub.snapshot().retainedBytes()).isLessThan(300);
		assertThat(end(small, "a")).isEqualTo(end);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a\nb", "\u007F", "\uD800" })
	void completeRefusesATopicThatIsNone(String topic) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.hub.complete(topic))
			.withMessageStartingWith("topic must");
	}

	@Test
	void completeThrowsIfTheHubMayNotHaveAnotherTopic() {
		HubFixture full = with((builder) -> builder.maxTopics(1));
		full.take("a");
		full.publish("a", 1);
		assertThatExceptionOfType(SseHubFullException.class).isThrownBy(() -> full.hub.complete("b"))
			.withMessageContaining("'b'");
	}

	@Test
	void completeThrowsIfTheHubIsClosed() {
		this.hub.close();
		assertThatExceptionOfType(SseHubClosedException.class).isThrownBy(() -> this.hub.complete("a"))
			.withMessageContaining("topic 'a'");
	}

	@Test
	void endOfATopicTakesNoRoomAndIsNoLag() {
		HubFixture small = with((builder) -> builder.replaySize(2).bufferSize(2));
		Taker stalled = small.stalled(to("a", "b").withNotices());
		for (int i = 0; i < 2; i++) {
			small.publish("a", i);
			small.hub.complete("a");
		}
		assertThat(small.retained("a")).isEqualTo(2);
		assertThat(stalled.takeAll().texts()).containsExactly("0", "1");
	}

	@Test
	void completeDoesNotCountAsMissed() {
		Taker taker = this.fixture.stalled(to("a", "b").bufferSize(4).withNotices());
		taker.request(1);
		this.fixture.publish("b", "q");
		this.hub.complete("a");
		this.fixture.publish("b", 0, 10);
		assertThat(taker.takeAll().texts()).containsExactly("q", "sse-lag {\"missed\":8}", "8", "9");
	}

	@Test
	void closeFixesTheEndAtTheTail() {
		Taker slow = this.fixture.stalled(to("a"));
		Taker fast = this.fixture.take("a");
		this.fixture.publish("a", 1);
		this.hub.close();
		this.hub.close();
		assertThat(fast.completed).isTrue();
		assertThat(slow.completed).isFalse();
		assertThat(slow.takeAll().texts()).containsExactly("1");
		assertThat(slow.completed).isTrue();
		assertThatExceptionOfType(SseHubClosedException.class).isThrownBy(() -> this.fixture.publish("a", 2))
			.withMessageContaining("topic 'a'");
		assertThat(this.fixture.take("a").completed).isTrue();
	}

	@Test
	void topicThatWasPublishedToAgainIsNotCompleteForLaterOnes() {
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		this.fixture.publish("a", 2);
		for (SseSubscription subscription : List.of(to("a").earliest(), to("a").last(20))) {
			Taker later = this.fixture.take(subscription);
			assertThat(later.texts()).containsExactly("1", "2");
			assertThat(later.completed).isFalse();
			later.cancel();
		}
		Taker later = this.fixture.take(to("a").earliest());
		this.hub.complete("a");
		assertThat(later.completed).isTrue();
	}

	@Test
	void ringThatBeginsWithAnEndEndsNobody() {
		HubFixture small = with((builder) -> builder.replaySize(1));
		small.publish("a", 1);
		small.publish("a", 2);
		small.hub.complete("a");
		small.publish("a", 3);
		Taker later = small.take(to("a").earliest());
		assertThat(later.texts()).containsExactly("3");
		assertThat(later.completed).isFalse();
	}

	@Test
	void subscriberWithoutDemandIsNotEndedByAnEarlierEnd() {
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		String position = this.hub.position();
		this.fixture.publish("a", 3);
		for (SseSubscription subscription : List.of(to("a").after(position), to("a").last(1))) {
			Taker later = this.fixture.stalled(subscription);
			assertThat(later.completed).isFalse();
			assertThat(later.takeAll().texts()).containsExactly("3");
			assertThat(later.completed).isFalse();
		}
	}

	@Test
	void subscriberWithoutDemandIsEndedOnlyAfterWhatIsLeft() {
		this.fixture.publish("a", 1);
		this.hub.complete("a");
		Taker atTheEnd = this.fixture.stalled(to("a"));
		assertThat(atTheEnd.completed).isTrue();
		Taker before = this.fixture.stalled(to("a").earliest());
		assertThat(before.completed).isFalse();
		before.request(1);
		assertThat(before.texts()).containsExactly("1");
		assertThat(before.completed).isTrue();
	}

}
