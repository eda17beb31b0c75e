package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.testsupport.EventStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The text that a client receives from a hub, over the stream of one subscriber.
 */
@ExtendWith(OutputCaptureExtension.class)
class HubStreamTests {

	private final SseHub hub = SseHubBuilder.create().replaySize(8).build();

	private final StreamFixture stream = new StreamFixture();

	private String epoch;

	@BeforeEach
	void readEpoch() {
		this.epoch = this.hub.snapshot().epoch();
	}

	private static SseSubscription to(String... topics) {
		return SseSubscription.to(topics);
	}

	private void publish(int from, int to) {
		for (int i = from; i < to; i++) {
			this.hub.publish("a", SseEvent.text(Integer.toString(i)));
		}
		this.stream.loop.runTasks();
	}

	/** Return name, data and sequence of each block except comments. */
	private List<String> told() {
		return EventStream.parse(this.stream.text())
			.stream()
			.filter((block) -> block.comment() == null)
			.map((block) -> text(block.name()) + text(block.data()) + text(block.id()).replace(this.epoch + "-", "#"))
			.map(String::trim)
			.toList();
	}

	private static String text(String value) {
		return (value != null) ? value + " " : "";
	}

	private void start(Flux<SseEvent> source) {
		this.stream.start(source);
		this.stream.loop.runTasks();
	}

	private void startAfter(String lastEventId, Flux<SseEvent> source) {
		this.stream.start(source, lastEventId);
		this.stream.loop.runTasks();
	}

	private void publishWhileNotReading(int from, int to) {
		this.stream.become(false);
		publish(from, to);
		this.stream.become(true);
	}

	@Test
	void streamOpensAtOnceWithThePositionOfItsStart() {
		publish(0, 3);
		start(this.hub.subscribe("a"));
		assertThat(this.stream.opened).isTrue();
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING + "id:" + this.epoch + "-3\n\n");
	}

	@Test
	void eventsArriveInOneBatchWithTheirIds() {
		start(this.hub.subscribe("a"));
		this.stream.written.clear();
		publish(0, 3);
		assertThat(this.stream.written).hasSize(1);
		assertThat(told()).containsExactly("0 #1", "1 #2", "2 #3");
	}

	@Test
	void resumeBeginsAfterTheLastEventIdWithoutHoleOrDuplicate() {
		publish(0, 3);
		startAfter(this.epoch + "-1", this.hub.subscribe("a"));
		publish(3, 4);
		assertThat(told()).containsExactly("#1", "1 #2", "2 #3", "3 #4");
	}

	@Test
	void lastEventIdWinsOverTheStartOfTheSubscription() {
		publish(0, 4);
		startAfter(this.epoch + "-2", this.hub.subscribe(to("a").earliest()));
		assertThat(told()).containsExactly("#2", "2 #3", "3 #4");
	}

	@Test
	void explicitAfterWinsOverTheLastEventId() {
		publish(0, 4);
		startAfter(this.epoch + "-1", this.hub.subscribe(to("a").after(this.epoch + "-3")));
		assertThat(told()).containsExactly("#3", "3 #4");
	}

	@Test
	void gapIsTheFirstBlockAndCarriesTheStartPosition() {
		publish(0, 20);
		startAfter(this.epoch + "-1", this.hub.subscribe("a"));
		assertThat(told()).startsWith("sse-gap {\"reason\":\"expired\"} #12", "12 #13").hasSize(9);
	}

	@Test
	void restartIsAGapBeforeTheRetainedEvents() {
		publish(0, 2);
		startAfter("zzzzzzzz-1", this.hub.subscribe("a"));
		assertThat(told()).containsExactly("sse-gap {\"reason\":\"restarted\"} #0", "0 #1", "1 #2");
	}

	@Test
	void unknownIdIsAGapBeforeLiveEventsOnly() {
		publish(0, 2);
		startAfter("nonsense", this.hub.subscribe("a"));
		publish(2, 3);
		assertThat(told()).containsExactly("sse-gap {\"reason\":\"unknown\"} #2", "2 #3");
	}

	@Test
	void lagNoticeStandsWhereTheHoleIs() {
		start(this.hub.subscribe(to("a").bufferSize(4)));
		publish(0, 1);
		publishWhileNotReading(1, 10);
		assertThat(told()).containsExactly("#0", "0 #1", "sse-lag {\"missed\":7} #8", "8 #9", "9 #10");
	}

	@Test
	void noticesGoPastOperators() {
		start(this.hub.subscribe(to("a").bufferSize(4))
			.filter((event) -> !event.isNotice())
			.map((event) -> SseEvent.text("mapped " + event.data())));
		publish(0, 1);
		publishWhileNotReading(1, 10);
		assertThat(told()).containsExactly("#0", "mapped 0 #1", "sse-lag {\"missed\":7} #8", "mapped 8 #9",
				"mapped 9 #10");
	}

	@Test
	void disconnectTellsTheClientToComeBackAndNotThatItIsFinished() {
		start(this.hub.subscribe(to("a").bufferSize(4).onLag(SseLagPolicy.DISCONNECT)));
		publish(0, 1);
		publishWhileNotReading(1, 10);
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).endsWith("data:0\nid:" + this.epoch + "-1\n\nretry:100\n\n");
		assertThat(this.stream.completed).isTrue();
		assertThat(this.hub.snapshot().subscribers()).isZero();
	}

	@Test
	void failThatReachesTheWriterIsDisconnect() {
		start(this.hub.subscribe(to("a").bufferSize(4).onLag(SseLagPolicy.FAIL)));
		publish(0, 1);
		publishWhileNotReading(1, 10);
		assertThat(this.stream.text()).endsWith("retry:100\n\n").doesNotContain("sse-error", "sse-end");
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void failIsForOperatorsToHandle() {
		start(this.hub.subscribe(to("a").bufferSize(4).onLag(SseLagPolicy.FAIL))
			.onErrorResume((ex) -> Mono.just(SseEvent.text("handled"))));
		publish(0, 1);
		publishWhileNotReading(1, 10);
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).contains("data:handled\n\n").endsWith(StreamFixture.END);
	}

	@Test
	void idThatAMapHasLostIsRestored() {
		start(this.hub.subscribe("a").map((event) -> SseEvent.text("<" + event.data() + ">")));
		publish(0, 2);
		assertThat(told()).containsExactly("#0", "<0> #1", "<1> #2");
	}

	@Test
	void filteredEventsMoveThePosition() {
		start(this.hub.subscribe("a").filter((event) -> !"1".equals(event.data())));
		publish(0, 2);
		assertThat(told()).containsExactly("#0", "0 #1", "#2");
	}

	@Test
	void positionOfEventsThatWereAllFilteredGoesWithTheKeepAlive() {
		start(this.hub.subscribe("a").filter((event) -> false));
		this.stream.written.clear();
		publish(0, 2);
		assertThat(this.stream.written).isEmpty();
		this.stream.loop.advance(Duration.ofSeconds(5));
		assertThat(this.stream.text()).isEqualTo("id:" + this.epoch + "-2\n\n:ping\n\n");
	}

	@Test
	void filterOfTheSubscriptionKeepsThePositionToo() {
		start(this.hub.subscribe(to("a").filter((event) -> !"1".equals(event.data()))));
		publish(0, 2);
		assertThat(told()).containsExactly("#0", "0 #1", "#2");
	}

	@Test
	void filterOfTheSubscriptionKeepsThePositionOnAnyStream() {
		start(this.hub.subscribe(to("a").filter((event) -> "0".equals(event.data()))).hide());
		publish(0, 4);
		this.stream.loop.advance(Duration.ofSeconds(5));
		assertThat(told()).containsExactly("#0", "0 #1", "#4");
	}

	@Test
	void positionDoesNotOvertakeEventsThatAreUnderWay() {
		Sinks.Empty<Void> gate = Sinks.empty();
		start(this.hub.subscribe(to("a").filter((event) -> !"3".equals(event.data())))
			.concatMap((event) -> "0".equals(event.data()) ? Mono.just(event) : gate.asMono().thenReturn(event)));
		publish(0, 4);
		this.stream.loop.advance(Duration.ofSeconds(5));
		assertThat(told()).containsExactly("#0", "0 #1");
		gate.tryEmitEmpty();
		this.stream.loop.runTasks();
		this.stream.loop.advance(Duration.ofSeconds(5));
		assertThat(told()).containsExactly("#0", "0 #1", "1 #2", "2 #3", "#4");
	}

	@Test
	void noticesOfAStreamGoPastTheFluxEvenWithNotices() {
		publish(0, 20);
		startAfter(this.epoch + "-1", this.hub.subscribe(to("a").withNotices()).filter((event) -> !event.isNotice()));
		assertThat(told()).startsWith("sse-gap {\"reason\":\"expired\"} #12", "12 #13").hasSize(9);
	}

	@Test
	void repeatStartsAfterTheLastEventHandedOver() {
		start(this.hub.subscribe("a").take(2).repeat(2));
		publish(0, 8);
		assertThat(EventStream.data(this.stream.text())).containsExactly("0", "1", "2", "3", "4", "5");
	}

	@Test
	void switchMapStartsAfterTheLastEventHandedOver() {
		Sinks.Many<String> topics = Sinks.many().unicast().onBackpressureBuffer();
		start(topics.asFlux().switchMap(this.hub::subscribe));
		topics.tryEmitNext("a");
		publish(0, 2);
		this.hub.publish("b", SseEvent.text("b"));
		topics.tryEmitNext("b");
		this.stream.loop.runTasks();
		assertThat(told()).containsExactly("#0", "0 #1", "1 #2", "b #3");
	}

	@Test
	void noticesOfASourceThatHasEndedAreStillTold() {
		start(this.hub.subscribe(to("a").bufferSize(4)).hide().take(2).concatWith(this.hub.subscribe("b")));
		publish(0, 1);
		publishWhileNotReading(1, 20);
		this.hub.publish("b", SseEvent.text("b"));
		this.stream.loop.runTasks();
		assertThat(told()).filteredOn((block) -> block.startsWith("sse-lag")).hasSize(1);
		assertThat(told()).endsWith("b #21");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void sharedFluxTellsThatItLagged(boolean cached) {
		Flux<SseEvent> source = this.hub.subscribe(to("a").bufferSize(4).withoutResume().withNotices());
		start(cached ? source.cache(1) : source.share());
		publish(0, 1);
		publishWhileNotReading(1, 1000);
		this.stream.loop.runTasks();
		assertThat(told()).startsWith("0");
		int received = (int) told().stream().filter((block) -> block.matches("[0-9]+")).count();
		int missed = told().stream()
			.filter((block) -> block.startsWith("sse-lag"))
			.mapToInt((block) -> Integer.parseInt(block.replaceAll("[^0-9]", "")))
			.sum();
		assertThat(received + missed).isEqualTo(1000);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void sharedFluxDisconnectsEveryStreamThatItsErrorReaches(boolean cached) {
		Flux<SseEvent> source = this.hub
			.subscribe(to("a").bufferSize(4).withoutResume().onLag(SseLagPolicy.DISCONNECT));
		start(cached ? source.cache(1) : source.share());
		this.stream.become(false);
		publish(0, 1000);
		this.stream.become(true);
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).endsWith("retry:100\n\n").doesNotContain("sse-error", "sse-end");
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void onAnotherStreamTheIdsAreThoseThatArriveAndNoticesAreStillTold() {
		start(this.hub.subscribe(to("a").bufferSize(4)).hide());
		publish(0, 1);
		publishWhileNotReading(1, 20);
		this.stream.loop.runTasks();
		assertThat(told()).startsWith("#0", "0 #1").endsWith("19 #20").anyMatch((block) -> block.startsWith("sse-lag"));
	}

	@Test
	void secondSubscriptionOnOneStreamFailsAndSaysWhatToDo() {
		start(Flux.merge(this.hub.subscribe("a"), this.hub.subscribe("b"))
			.onErrorResume((ex) -> Mono.just(SseEvent.text(ex.getClass().getSimpleName() + " " + ex.getMessage()))));
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).contains("data:IllegalStateException", "subscribe(\"a\", \"b\")");
		assertThat(this.hub.snapshot().subscribers()).isZero();
	}

	@Test
	void subscriptionsWithoutResumeMayBeMerged() {
		start(Flux.merge(this.hub.subscribe(to("a").withoutResume()), this.hub.subscribe(to("b").withoutResume())));
		publish(0, 1);
		this.hub.publish("b", SseEvent.text("b"));
		this.stream.loop.runTasks();
		assertThat(told()).containsExactly("0", "b");
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 5 })
	void retryStartsAfterTheLastEventHandedOverAndTellsThatThisOneIsMissing(int failAt) {
		boolean[] failed = new boolean[1];
		start(this.hub.subscribe("a").doOnNext((event) -> {
			if (!failed[0] && Integer.toString(failAt).equals(event.data())) {
				failed[0] = true;
				throw new IllegalStateException("once");
			}
		}).retry(1));
		publish(0, 8);
		assertThat(EventStream.data(this.stream.text())).isEqualTo(IntStream.range(0, 8)
			.mapToObj((n) -> (n == failAt) ? "{\"reason\":\"unknown\"}" : Integer.toString(n))
			.toList());
	}

	@Test
	void retryAfterAnExplicitStartGoesOnAndRepeatsNothing() {
		publish(0, 2);
		boolean[] failed = new boolean[1];
		start(this.hub.subscribe(to("a").after(this.epoch + "-0")).doOnNext((event) -> {
			if (!failed[0] && "3".equals(event.data())) {
				failed[0] = true;
				throw new IllegalStateException("once");
			}
		}).retry(1));
		publish(2, 6);
		assertThat(EventStream.data(this.stream.text())).containsExactly("0", "1", "2", "{\"reason\":\"unknown\"}", "4",
				"5");
	}

	@Test
	void eventWhoseOperatorThrowsIsNotPassed() {
		start(this.hub.subscribe("a").map((event) -> {
			if ("1".equals(event.data())) {
				throw new IllegalStateException("once");
			}
			return event;
		}));
		publishWhileNotReading(0, 3);
		assertThat(told()).hasSize(3).startsWith("#0", "0 #1").last().asString().startsWith("sse-error");
	}

	@ParameterizedTest
	@ValueSource(strings = { "publishOn", "limitRate", "flatMapSequential" })
	void retryBehindAPrefetchingOperatorIsNoSilentHole(String operator) {
		boolean[] failed = new boolean[1];
		Flux<SseEvent> source = this.hub.subscribe("a");
		Flux<SseEvent> prefetched = switch (operator) {
			case "publishOn" -> source.publishOn(Schedulers.fromExecutor(this.stream.loop));
			case "limitRate" -> source.limitRate(8);
			default -> source.flatMapSequential(Mono::just);
		};
		start(prefetched.doOnNext((event) -> {
			if (!failed[0] && "3".equals(event.data())) {
				failed[0] = true;
				throw new IllegalStateException("once");
			}
		}).retry(1));
		publishWhileNotReading(0, 12);
		publish(12, 14);
		List<String> told = told();
		assertThat(told).contains("2 #3").endsWith("12 #13", "13 #14");
		if (!told.contains("4 #5")) {
			assertThat(told.get(told.indexOf("2 #3") + 1)).isEqualTo("sse-gap {\"reason\":\"unknown\"}");
		}
	}

	@Test
	void retryAfterAllEventsHaveArrivedIsNoGap() {
		Sinks.Empty<SseEvent> failure = Sinks.empty();
		int[] attempts = new int[1];
		Mono<SseEvent> failsOnce = Mono.defer(() -> (attempts[0]++ == 0) ? failure.asMono() : Mono.never());
		start(Flux.merge(this.hub.subscribe("a"), failsOnce).retry(1));
		publish(0, 2);
		failure.tryEmitError(new IllegalStateException("once"));
		publish(2, 4);
		assertThat(told()).containsExactly("#0", "0 #1", "1 #2", "2 #3", "3 #4");
	}

	@Test
	void subscriptionThatStartsWithoutDemandTakesWhatIsAfterAnEnd() {
		publish(0, 1);
		this.hub.complete("a");
		String position = this.hub.position();
		publish(1, 2);
		this.stream.become(false);
		start(Flux.concat(Mono.just(SseEvent.text("snapshot")), this.hub.subscribe(to("a").after(position))));
		this.stream.become(true);
		this.stream.loop.runTasks();
		assertThat(EventStream.data(this.stream.text())).containsExactly("snapshot", "1");
		assertThat(this.stream.completed).isFalse();
	}

	@Test
	void sharedFluxTellsEveryStreamThatItLagged() {
		StreamFixture other = new StreamFixture();
		Flux<SseEvent> shared = this.hub.subscribe(to("a").bufferSize(4).withoutResume()).share();
		start(shared);
		other.start(shared);
		other.loop.runTasks();
		for (StreamFixture each : List.of(this.stream, other)) {
			each.become(false);
		}
		publish(0, 1000);
		for (StreamFixture each : List.of(this.stream, other)) {
			each.become(true);
			each.loop.runTasks();
		}
		this.stream.loop.runTasks();
		other.loop.runTasks();
		assertThat(other.text()).contains("event:sse-lag");
		assertThat(this.stream.text()).contains("event:sse-lag");
	}

	@Test
	void mergedFluxesTellThatTheyLagged() {
		start(Flux
			.merge(this.hub.subscribe(to("a").bufferSize(4).withoutResume()),
					this.hub.subscribe(to("b").withoutResume()))
			.filter((event) -> !event.isNotice()));
		publishWhileNotReading(0, 1000);
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).contains("event:sse-lag");
	}

	@Test
	void secondSubscriptionFailsAlsoBehindAnOperatorThatFuses() {
		start(Flux.merge(this.hub.subscribe("a"), this.hub.subscribe("b").map((event) -> event))
			.onErrorResume((ex) -> Mono.just(SseEvent.text(ex.getClass().getSimpleName() + " " + ex.getMessage()))));
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).contains("data:IllegalStateException", "subscribe(\"a\", \"b\")");
	}

	@Test
	void withoutResumeIgnoresTheLastEventId() {
		publish(0, 4);
		startAfter(this.epoch + "-1", this.hub.subscribe(to("a").last(1).withoutResume()));
		assertThat(told()).containsExactly("3");
	}

	@Test
	void idOfMoreThan128BytesIsUnknown() {
		publish(0, 2);
		startAfter("x".repeat(129), this.hub.subscribe("a"));
		assertThat(told()).containsExactly("sse-gap {\"reason\":\"unknown\"} #2");
	}

	@Test
	void failAndRetryResumesAfterTheLastEvent() {
		start(this.hub.subscribe(to("a").bufferSize(4).onLag(SseLagPolicy.FAIL)).retry(1));
		publish(0, 1);
		publishWhileNotReading(1, 6);
		this.stream.loop.runTasks();
		assertThat(EventStream.data(this.stream.text())).containsExactly("0", "1", "2", "3", "4", "5");
	}

	@Test
	void withAutomaticContextPropagationIdsThatAMapHasLostAreNotRestoredButNothingIsSilent() {
		Hooks.enableAutomaticContextPropagation();
		try {
			start(this.hub.subscribe(to("a").bufferSize(4))
				.filter((event) -> !"1".equals(event.data()))
				.map((event) -> event));
			publish(0, 3);
			publishWhileNotReading(3, 40);
			this.stream.loop.runTasks();
			assertThat(told()).startsWith("#0", "0 #1", "2 #3").contains("39 #40");
			assertThat(told()).anyMatch((block) -> block.startsWith("sse-lag"));
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
		}
	}

	@Test
	void operatorsOfADirectStreamSeeItsCompletion() {
		boolean[] completed = new boolean[1];
		start(this.hub.subscribe("a").doOnComplete(() -> completed[0] = true));
		publish(0, 1);
		this.hub.complete("a");
		this.stream.loop.runTasks();
		assertThat(completed[0]).isTrue();
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void lagBeforeTheEndIsTold() {
		start(this.hub.subscribe(to("a").bufferSize(4).onLag(SseLagPolicy.SKIP_TO_LATEST)));
		publish(0, 1);
		this.stream.become(false);
		publish(1, 10);
		this.hub.complete("a");
		this.stream.become(true);
		this.stream.loop.runTasks();
		assertThat(told()).endsWith("sse-lag {\"missed\":8} #9", "9 #10", "sse-end");
	}

	@Test
	void completedTopicEndsTheStreamForGood() {
		start(this.hub.subscribe("a"));
		publish(0, 1);
		this.hub.complete("a");
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).endsWith("data:0\nid:" + this.epoch + "-1\n\n" + StreamFixture.END);
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void cancelOfTheStreamLeavesTheHub() {
		start(this.hub.subscribe("a"));
		this.stream.loop.onLoop(() -> this.stream.writer.gone());
		assertThat(this.hub.snapshot().subscribers()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void lagWhoseTopicStaysQuietIsToldWithinASecond(boolean direct) {
		VirtualTimeScheduler time = VirtualTimeScheduler.create();
		SseHub small = SseHubBuilder.create().maxRetainedSize(100).scheduler(time).build();
		start(direct ? small.subscribe("a") : small.subscribe("a").hide());
		small.publish("a", SseEvent.text("evicted at once"));
		this.stream.loop.runTasks();
		time.advanceTimeBy(Duration.ofSeconds(1));
		this.stream.loop.runTasks();
		String position = small.position();
		assertThat(this.stream.text()).contains("event:sse-lag\ndata:{\"missed\":1}\n").contains("id:" + position);
	}

	@Test
	void lagOfEventsThatAnOperatorHoldsBackIsToldAtOnce() {
		Sinks.Empty<Void> gate = Sinks.empty();
		start(this.hub.subscribe(to("a").bufferSize(4)).concatMap(holdingBack("18", gate), 1));
		publish(0, 1);
		publishWhileNotReading(1, 20);
		this.stream.loop.runTasks();
		assertThat(told()).last().asString().startsWith("sse-lag");
	}

	// Ids behind operators that may change the order

	/** Hold back the event with this number until the gate opens. */
	private static Function<SseEvent, Mono<SseEvent>> holdingBack(String number, Sinks.Empty<Void> gate) {
		return (event) -> number.equals(event.data()) ? gate.asMono().thenReturn(event) : Mono.just(event);
	}

	@Test
	void idsAreWrittenUpToTheOldestEventThatIsStillOut() {
		Sinks.Empty<Void> gate = Sinks.empty();
		start(this.hub.subscribe("a").flatMap(holdingBack("2", gate)));
		publish(0, 5);
		assertThat(told()).containsExactly("#0", "0 #1", "1 #2", "3", "4");
		gate.tryEmitEmpty();
		this.stream.loop.runTasks();
		publish(5, 6);
		assertThat(told()).containsExactly("#0", "0 #1", "1 #2", "3", "4", "2", "#5", "5 #6");
	}

	@Test
	void mergedFluxKeepsItsIds() {
		start(Flux.merge(this.hub.subscribe("a").filter((event) -> !"1".equals(event.data())), Flux.never()));
		publish(0, 3);
		assertThat(told()).containsExactly("#0", "0 #1", "2 #3");
	}

	@Test
	void retryWithAnEventUnderWayTellsAGap() {
		Sinks.Empty<Void> gate = Sinks.empty();
		boolean[] failed = new boolean[1];
		start(this.hub.subscribe("a").flatMap(holdingBack("1", gate)).doOnNext((event) -> {
			if (!failed[0] && "3".equals(event.data())) {
				failed[0] = true;
				throw new IllegalStateException("once");
			}
		}).retry(1));
		publish(0, 4);
		publish(4, 5);
		assertThat(told()).containsExactly("#0", "0 #1", "2", "sse-gap {\"reason\":\"unknown\"}", "#4", "4 #5");
	}

	@Test
	void gapStandsBeforeTheReplayBehindAnOperatorThatPublishes() {
		publish(0, 20);
		startAfter(this.epoch + "-1", this.hub.subscribe("a").publish((shared) -> shared));
		assertThat(told()).startsWith("sse-gap {\"reason\":\"expired\"} #12", "12 #13").hasSize(9);
	}

	@Test
	void noticeOfASourceThatAnOperatorPollsAndCancelsIsStillTold() {
		this.stream.start(this.hub.subscribe(to("a").bufferSize(4)).publish((shared) -> shared, 1).take(2), 1);
		this.stream.loop.runTasks();
		publish(0, 1);
		publish(1, 20);
		this.stream.loop.onLoop(() -> this.stream.request(10));
		assertThat(EventStream.parse(this.stream.text())).anyMatch((block) -> "sse-lag".equals(block.name()));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void operatorWithAQueueOfItsOwnIsNotSeenThrough(boolean polling) {
		Flux<SseEvent> events = this.hub.subscribe("a");
		this.stream.start((polling ? events.flatMapIterable(List::of) : events).onBackpressureBuffer(), 1);
		this.stream.loop.runTasks();
		for (int i = 0; i < 4; i++) {
			this.hub.publish("a", SseEvent.text(Integer.toString(i).repeat(33_000)));
		}
		this.stream.loop.runTasks();
		this.stream.loop.onLoop(() -> this.stream.request(1));
		this.stream.loop.onLoop(() -> this.stream.request(1));
		assertThat(told()).extracting((block) -> block.substring(0, 1) + block.substring(block.indexOf('#')))
			.containsExactly("##0", "0#1", "1#2");
	}

	@Test
	void operatorInsideAnotherOneThatHidesItIsNotTakenToKeepTheOrder() {
		Sinks.Empty<Void> gate = Sinks.empty();
		start(this.hub.subscribe("a").switchOnFirst((first, all) -> all.flatMap(holdingBack("1", gate))));
		publish(0, 3);
		assertThat(told()).containsExactly("#0", "0 #1", "2");
	}

	@Test
	void eventsThatUserCodeHasInHandTogetherMayChangeTheirOrder() {
		start(this.hub.subscribe("a").buffer(3).flatMapIterable((events) -> {
			List<SseEvent> reversed = new ArrayList<>(events);
			Collections.reverse(reversed);
			return reversed;
		}));
		publish(0, 3);
		assertThat(told()).containsExactly("#0", "2", "1", "0", "#3");
	}

	@Test
	void subscriptionThatTakesOverFromOneThatEndsMeanwhileRepeatsNothing() {
		publish(0, 6);
		start(Flux.merge(this.hub.subscribe(to("a").earliest()).take(3), this.hub.subscribe(to("a").earliest())));
		assertThat(told()).filteredOn((block) -> !block.startsWith("sse-gap"))
			.containsExactly("#0", "0 #1", "1 #2", "2 #3", "3 #4", "4 #5", "5 #6");
	}

	@Test
	void warnsOnceForAHandlerThatDoesNotKeepTheOrderAndNamesTheCure(CapturedOutput output) {
		Sinks.Empty<Void> gate = Sinks.empty();
		StreamFixture unordered = new StreamFixture("OrderController#unordered()");
		unordered.start(this.hub.subscribe("a").flatMap(holdingBack("0", gate)));
		unordered.loop.runTasks();
		publish(0, 3);
		unordered.loop.runTasks();
		assertThat(output).containsOnlyOnce("OrderController#unordered() does not keep the order of its events")
			.contains("concatMap", "flatMapSequential", "SseSubscription.filter(..)");
	}

	@Test
	void nothingIsTakenWhileTheClientDoesNotRead() {
		start(this.hub.subscribe(to("a").bufferSize(1000)));
		this.stream.become(false);
		this.stream.written.clear();
		publish(0, 100);
		assertThat(this.stream.written).isEmpty();
		this.stream.become(true);
		assertThat(EventStream.data(this.stream.text())).hasSize(100);
		assertThat(this.stream.written).hasSize(2);
	}

}
