package io.github.sse4spring.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonValue;
import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.publisher.TestPublisher;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class StreamWriterTests {

	private final StreamFixture stream = new StreamFixture();

	private final Source source = new Source();

	private final Sinks.Many<SseEvent> buffered = Sinks.many().unicast().onBackpressureBuffer();

	private static SseEvent event(Object data) {
		return SseEvent.text(data.toString());
	}

	private static String frames(int from, int to) {
		return IntStream.range(from, to).mapToObj((n) -> "data:" + n + "\n\n").collect(Collectors.joining());
	}

	/** Emit enough events for the largest request window of the source. */
	private void widen() {
		emit(IntStream.range(0, 31).boxed().toArray());
		this.stream.written.clear();
	}

	private void emit(Object... data) {
		for (Object item : data) {
			this.buffered.tryEmitNext(event(item));
		}
		this.stream.loop.runTasks();
	}

	// Opening

	@Test
	void streamThatIsPumpedInsideTheWriteOfAnotherOneHasABatchOfItsOwn() {
		for (int maxWrite : new int[] { Integer.MAX_VALUE, 10 }) {
			TestLoop loop = new TestLoop();
			TestPublisher<SseEvent> source = TestPublisher.create();
			StreamFixture other = new StreamFixture(loop).start(source.flux());
			other.become(false);
			loop.onLoop(() -> source.next(SseEvent.text("of the other stream")));
			StreamFixture first = new StreamFixture(loop);
			first.maxWrite = maxWrite;
			first.onWrite = () -> {
				other.writable = true;
				other.writer.pump();
			};
			first.start(Flux.range(0, 3).map(StreamWriterTests::event));
			assertThat(first.text()).as("with writes of " + maxWrite + " bytes")
				.isEqualTo(StreamFixture.OPENING + "data:0\n\ndata:1\n\ndata:2\n\n" + StreamFixture.END);
			assertThat(other.text()).isEqualTo(StreamFixture.OPENING + "data:of the other stream\n\n");
		}
	}

	@Test
	void opensWithTheFirstEvent() {
		this.stream.start(this.source.flux());
		assertThat(this.stream.opened).isFalse();
		emit("a");
		assertThat(this.stream.opened).isTrue();
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING + "data:a\n\n");
	}

	@Test
	void opensAfterTheOpenDelayOfSilence() {
		this.stream.start(this.source.flux());
		this.stream.loop.advance(Duration.ofMillis(249));
		assertThat(this.stream.opened).isFalse();
		this.stream.loop.advance(Duration.ofMillis(1));
		assertThat(this.stream.opened).isTrue();
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING);
	}

	@Test
	void errorBeforeItIsOpenIsTheErrorOfTheResponse() {
		this.stream.start(this.source.flux());
		this.stream.loop.advance(Duration.ofMillis(200));
		this.source.error(new IllegalStateException("early"));
		this.stream.loop.runTasks();
		assertThat(this.stream.error).hasMessage("early");
		assertThat(this.stream.opened).isFalse();
		assertThat(this.stream.written).isEmpty();
	}

	@Test
	void eventThatCannotBeEncodedIsAnErrorToo() {
		this.stream.start(Flux.just(SseEvent.json(new Object() {

			@JsonValue
			String value() {
				throw new IllegalStateException("poison");
			}

		})));
		assertThat(this.stream.error).hasMessageContaining("cannot be written as JSON");
		assertThat(this.stream.opened).isFalse();
	}

	@Test
	void openDelayOfZeroOpensAtOnce() {
		StreamFixture stream = new StreamFixture(StreamFixture.settings(Duration.ZERO, true, null, Duration.ZERO));
		stream.start(Flux.never());
		stream.loop.advance(Duration.ZERO);
		assertThat(stream.written).containsExactly(StreamFixture.OPENING);
	}

	// Batches

	@Test
	void waitingEventsAreOneBatch() {
		this.stream.start(this.source.flux());
		widen();
		emit(IntStream.range(0, 10).boxed().toArray());
		assertThat(this.stream.written).containsExactly(frames(0, 10));
	}

	@Test
	void sourceOnTheLoopItselfMakesOneBatchOfWhatItEmitsInOneGo() {
		this.stream.start(this.source.flux());
		widen();
		this.stream.loop
			.onLoop(() -> IntStream.range(0, 10).forEach((n) -> this.buffered.tryEmitNext(event(n)).orThrow()));
		assertThat(this.stream.written).containsExactly(frames(0, 10));
	}

	@Test
	void batchHoldsUpTo64Events() {
		this.stream.start(Flux.range(0, 100).map(StreamWriterTests::event));
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING + frames(0, 64),
				frames(64, 100) + StreamFixture.END);
	}

	@Test
	void batchEndsWithTheEventThatReaches32KiB() {
		String large = "x".repeat(20 * 1024);
		this.stream.start(Flux.just(event(large), event(large), event(large)));
		assertThat(this.stream.written).extracting((batch) -> batch.length() / 1024).containsExactly(40, 20);
	}

	@Test
	void everyEventArrivesInOrderWhateverTheFusion() {
		Flux<SseEvent> events = Flux.range(0, 1000).map(StreamWriterTests::event);
		Sinks.Many<SseEvent> sink = Sinks.many().unicast().onBackpressureBuffer();
		events.subscribe(sink::tryEmitNext, null, sink::tryEmitComplete);
		for (Flux<SseEvent> source : List.of(events, events.hide(), sink.asFlux())) {
			StreamFixture stream = new StreamFixture().start(source);
			stream.loop.runTasks();
			assertThat(stream.text()).isEqualTo(StreamFixture.OPENING + frames(0, 1000) + StreamFixture.END);
			assertThat(stream.completed).isTrue();
		}
	}

	// Demand and the gate

	@Test
	void nothingIsTakenFromTheSourceWhileTheChannelIsNotWritable() {
		AtomicInteger taken = new AtomicInteger();
		this.stream.start(Flux.range(0, 1000).map((n) -> event(taken.getAndIncrement())), 1);
		assertThat(taken).hasValue(64);
		this.stream.become(false);
		this.stream.loop.onLoop(() -> this.stream.request(100));
		assertThat(taken).hasValue(64);
		assertThat(this.stream.written).hasSize(1);
	}

	@Test
	void resumesWhenTheChannelIsWritableAgain() {
		this.stream.become(false);
		this.stream.start(this.source.flux());
		emit(0);
		assertThat(this.stream.written).isEmpty();
		this.stream.become(true);
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING + frames(0, 1));
	}

	@Test
	void sourceWithoutFusionIsAskedForOneEventWhileNothingIsWritten() {
		AtomicInteger emitted = new AtomicInteger();
		Flux<SseEvent> counted = Flux.range(0, 1000).map(StreamWriterTests::event).hide();
		this.stream.become(false);
		this.stream.start(counted.doOnNext((event) -> emitted.incrementAndGet()));
		this.stream.loop.runTasks();
		assertThat(emitted).hasValue(1);
	}

	@Test
	void sourceWithoutFusionIsAskedForUpTo16EventsAtATime() {
		AtomicLong largest = new AtomicLong();
		this.stream.start(Flux.range(0, 1000)
			.map(StreamWriterTests::event)
			.hide()
			.doOnRequest((n) -> largest.accumulateAndGet(n, Math::max)));
		this.stream.loop.runTasks();
		assertThat(this.stream.completed).isTrue();
		assertThat(largest).hasValue(16);
	}

	@Test
	void sourceOfLargeEventsIsAskedForOneAtATime() {
		AtomicLong largest = new AtomicLong();
		String large = "x".repeat(64 * 1024);
		this.stream.start(Flux.range(0, 10)
			.map((n) -> event(large))
			.hide()
			.doOnRequest((n) -> largest.accumulateAndGet(n, Math::max)));
		this.stream.loop.runTasks();
		assertThat(this.stream.completed).isTrue();
		assertThat(largest).hasValue(1);
	}

	@Test
	void endlessSourceLetsOthersOnTheLoopHaveTheirTurn() {
		AtomicInteger turns = new AtomicInteger();
		this.stream.start(Flux.<SseEvent>generate((sink) -> sink.next(event("x")))
			.take(64 * 100)
			.doOnComplete(() -> turns.addAndGet(1000)));
		this.stream.loop.execute(turns::incrementAndGet);
		this.stream.loop.runTasks();
		assertThat(this.stream.completed).isTrue();
		assertThat(turns).hasValue(1001);
	}

	@Test
	void streamYieldsAfterSixteenBatches() {
		this.stream.start(Flux.range(0, 64 * 40).map(StreamWriterTests::event));
		assertThat(this.stream.mostBatchesInATask).isLessThanOrEqualTo(16);
		assertThat(this.stream.written).hasSize(41);
	}

	@Test
	void sourceThatEmitsTooMuchIsAnErrorOnceAndCancelled(CapturedOutput output) {
		this.stream.become(false);
		TestPublisher<SseEvent> wild = TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
		this.stream.start(wild.flux());
		this.stream.loop.runTasks();
		for (int i = 0; i < 200; i++) {
			wild.next(event(i));
		}
		wild.assertCancelled();
		this.stream.become(true);
		assertThat(this.stream.text()).startsWith(StreamFixture.OPENING + frames(0, 16) + "event:sse-error\n");
		assertThat(output).containsOnlyOnce("more events than were requested");
	}

	@Test
	void eachBatchUsesOneOfTheDemand() {
		this.stream.start(this.source.flux(), 1);
		emit(0);
		emit(1);
		assertThat(this.stream.written).hasSize(1);
		this.stream.loop.onLoop(() -> this.stream.request(1));
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING + frames(0, 1), frames(1, 2));
	}

	@Test
	void cancelReachesTheSource() {
		this.stream.start(this.source.flux());
		emit(0);
		this.stream.loop.onLoop(() -> this.stream.writer.gone());
		this.source.assertCancelled();
		emit(1);
		assertThat(this.stream.written).hasSize(1);
		assertThat(this.stream.completed).isFalse();
	}

	@Test
	void cancelBeforeTheSourceAnswersReachesItOnce() {
		AtomicInteger cancelled = new AtomicInteger();
		AtomicReference<Subscriber<?>> late = new AtomicReference<>();
		this.stream.start(Flux.from((subscriber) -> late.set(subscriber)));
		this.stream.loop.onLoop(() -> this.stream.writer.gone());
		late.get().onSubscribe(new Subscription() {

			@Override
			public void request(long n) {
			}

			@Override
			public void cancel() {
				cancelled.incrementAndGet();
			}

		});
		this.stream.loop.runTasks();
		assertThat(cancelled).hasValue(1);
	}

	@Test
	void sourceThatHasEndedIsNotCancelled() {
		AtomicInteger cancelled = new AtomicInteger();
		Flux<SseEvent> ending = Flux.just(event("a"));
		Flux<SseEvent> failing = Flux.error(new IllegalStateException("boom"));
		for (Flux<SseEvent> source : List.of(ending, ending.hide(), failing, ending.concatWith(failing))) {
			StreamFixture stream = new StreamFixture().start(source.doOnCancel(cancelled::incrementAndGet));
			stream.loop.runTasks();
			assertThat(stream.completed || stream.error != null).isTrue();
		}
		assertThat(cancelled).hasValue(0);
	}

	@Test
	void nothingIsReadOfASourceBeforeItsSubscriptionHasCrossedToTheLoop() {
		this.stream.writer = this.stream.create(null);
		this.stream.writer.start(Flux.range(0, 2).map(StreamWriterTests::event));
		// The loop handles the demand before it handles the subscription of the source.
		this.stream.loop.prepend(() -> this.stream.request(10));
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING + frames(0, 2) + StreamFixture.END);
	}

	// Large events

	@Test
	void eventLargerThanAWriteIsWrittenInPartsAsTheClientTakesThem() {
		this.stream.maxWrite = 10;
		this.stream.start(Flux.just(SseEvent.text("x".repeat(25)), event(1)).concatWith(Flux.never()), 3);
		this.stream.loop.runTasks();
		assertThat(this.stream.text()).isEqualTo((StreamFixture.OPENING + "data:" + "x".repeat(25)).substring(0, 30));
		this.stream.loop.onLoop(() -> this.stream.request(100));
		assertThat(this.stream.text())
			.isEqualTo(StreamFixture.OPENING + "data:" + "x".repeat(25) + "\n\n" + frames(1, 2));
		assertThat(this.stream.written).allMatch((part) -> part.length() <= 10);
	}

	@Test
	void streamThatEndsInTheMiddleOfALargeEventWritesTheRestOfItFirst() {
		this.stream.maxWrite = 10;
		this.stream.start(Flux.just(SseEvent.text("x".repeat(25))).concatWith(Flux.never()), 2);
		this.stream.loop.runTasks();
		this.stream.writer.end(SseStreamEnd.AGED);
		this.stream.loop.runTasks();
		assertThat(this.stream.completed).isFalse();
		this.stream.loop.onLoop(() -> this.stream.request(100));
		assertThat(this.stream.text())
			.isEqualTo(StreamFixture.OPENING + "data:" + "x".repeat(25) + "\n\n" + "retry:100\n\n");
		assertThat(this.stream.completed).isTrue();
		assertThat(this.stream.end).isEqualTo(SseStreamEnd.AGED);
	}

	@Test
	void noKeepAliveStandsInTheMiddleOfALargeEvent() {
		this.stream.maxWrite = 10;
		this.stream.start(Flux.just(SseEvent.text("x".repeat(25))).concatWith(Flux.never()), 2);
		this.stream.loop.advance(Duration.ofSeconds(20));
		this.stream.loop.onLoop(() -> this.stream.request(100));
		assertThat(this.stream.text()).startsWith(StreamFixture.OPENING + "data:" + "x".repeat(25) + "\n\n");
	}

	@Test
	void twoStreamsOfALoopDoNotMixTheirLargeEvents() {
		StreamFixture other = new StreamFixture(this.stream.loop);
		for (StreamFixture each : List.of(this.stream, other)) {
			each.maxWrite = 10;
		}
		this.stream.start(Flux.just(SseEvent.text("x".repeat(25))), 3);
		other.start(Flux.just(SseEvent.text("y".repeat(25))), 3);
		this.stream.loop.runTasks();
		this.stream.loop.onLoop(() -> this.stream.request(100));
		other.loop.onLoop(() -> other.request(100));
		assertThat(this.stream.text())
			.isEqualTo(StreamFixture.OPENING + "data:" + "x".repeat(25) + "\n\n" + StreamFixture.END);
		assertThat(other.text())
			.isEqualTo(StreamFixture.OPENING + "data:" + "y".repeat(25) + "\n\n" + StreamFixture.END);
	}

	// A loop that refuses a task

	@Test
	void taskThatTheLoopRefusesIsNotRunOnTheCaller() {
		TestPublisher<SseEvent> source = TestPublisher.create();
		this.stream.start(source.flux());
		source.next(event(0));
		this.stream.loop.runTasks();
		this.stream.loop.full = true;
		source.next(event(1));
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING + frames(0, 1));
		source.assertCancelled();
	}

	@Test
	void streamWhoseLoopHasRefusedATaskIsCutWhenTheLoopRunsItAgain() {
		TestPublisher<SseEvent> source = TestPublisher.create();
		this.stream.start(source.flux());
		source.next(event(0));
		this.stream.loop.runTasks();
		this.stream.loop.full = true;
		source.next(event(1));
		assertThat(this.stream.aborted).isFalse();
		this.stream.loop.full = false;
		this.stream.loop.advance(Duration.ofSeconds(5));
		assertThat(this.stream.aborted).isTrue();
		assertThat(this.stream.end).isEqualTo(SseStreamEnd.FAILED);
	}

	@Test
	void sourceWhoseSubscriptionTheLoopRefusesIsCancelled() {
		TestPublisher<SseEvent> source = TestPublisher.create();
		this.stream.loop.full = true;
		this.stream.writer = this.stream.create(null);
		this.stream.writer.start(source.flux());
		source.assertCancelled();
	}

	@Test
	void streamWhoseFirstTaskIsRefusedIsCutWhenTheLoopTakesTheNext() {
		this.stream.loop.full = true;
		this.stream.writer = this.stream.create(null);
		this.stream.writer.start(Flux.<SseEvent>never().doFirst(() -> this.stream.loop.full = false));
		this.stream.loop.runTasks();
		assertThat(this.stream.aborted).isTrue();
	}

	@Test
	void errorWhileABatchIsWrittenCutsItsStreamAndNoOther(CapturedOutput output) {
		StreamFixture other = new StreamFixture(this.stream.loop);
		TestPublisher<SseEvent> source = TestPublisher.create();
		this.stream.start(source.flux());
		other.start(source.flux());
		this.stream.loop.runTasks();
		this.stream.failure = new OutOfMemoryError("direct");
		source.next(event(0));
		this.stream.loop.runTasks();
		assertThat(this.stream.aborted).isTrue();
		assertThat(other.text()).isEqualTo(StreamFixture.OPENING + frames(0, 1));
		assertThat(output).contains("The event stream 1 of GET /events for client 'client' was cut");
	}

	// End

	@Test
	void completionOfTheSourceEndsWithTheEndId() {
		this.stream.start(Flux.just(event("a")));
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING + "data:a\n\n" + StreamFixture.END);
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void emptySourceOpensAndEnds() {
		this.stream.start(Flux.empty());
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING + StreamFixture.END);
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void completionWritesNoEndIdIfClientsShouldReconnect() {
		StreamFixture stream = new StreamFixture(
				StreamFixture.settings(Duration.ofMillis(250), false, null, Duration.ZERO));
		Sinks.Many<SseEvent> sink = Sinks.many().unicast().onBackpressureBuffer();
		stream.start(sink.asFlux());
		sink.tryEmitNext(event("a"));
		stream.loop.runTasks();
		sink.tryEmitComplete();
		stream.loop.runTasks();
		assertThat(stream.text()).isEqualTo(StreamFixture.OPENING + "data:a\n\n");
		assertThat(stream.completed).isTrue();
	}

	@Test
	void emptySourceOpensEvenIfClientsShouldReconnect() {
		StreamFixture stream = new StreamFixture(
				StreamFixture.settings(Duration.ofMillis(250), false, null, Duration.ZERO));
		stream.start(Flux.empty());
		assertThat(stream.opened).isTrue();
		assertThat(stream.text()).isEqualTo(StreamFixture.OPENING);
		assertThat(stream.completed).isTrue();
	}

	@Test
	void errorAfterOpenIsASafeEventAndACleanEnd(CapturedOutput output) {
		this.stream.start(this.source.flux());
		emit("a");
		this.source.error(new IllegalStateException("secret"));
		this.stream.loop.runTasks();
		assertThat(this.stream.written.get(1)).isEqualTo("""
				event:sse-error
				data:{"type":"about:blank","title":"Internal Server Error","status":500}
				retry:500

				""");
		assertThat(this.stream.completed).isTrue();
		assertThat(this.stream.error).isNull();
		assertThat(output.getOut())
			.containsOnlyOnce("The event stream 1 of GET /events for client 'client' has failed after it was opened")
			.containsOnlyOnce("IllegalStateException: secret");
	}

	@Test
	void sourceThatCompletesInAnOperatorIsNotAskedAgain() {
		AtomicInteger asked = new AtomicInteger();
		this.stream.start(Flux.range(0, 10).handle((n, sink) -> {
			asked.incrementAndGet();
			if (n == 3) {
				sink.complete();
			}
			else {
				sink.next(event(n));
			}
		}));
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING + frames(0, 3) + StreamFixture.END);
		assertThat(asked).hasValue(4);
	}

	@Test
	void lagThatArrivesWhileTheClientDoesNotReadIsNotAnErrorWhenTheClientHasGone(CapturedOutput output) {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.become(false);
		this.source.error(new SseLagException(List.of("topic"), 9));
		this.stream.loop.runTasks();
		this.stream.loop.onLoop(() -> this.stream.writer.gone());
		assertThat(this.stream.end).isEqualTo(SseStreamEnd.GONE);
		assertThat(output).doesNotContain("ERROR");
	}

	@Test
	void linkageErrorEndsTheStreamToo(CapturedOutput output) {
		this.stream.start(Flux.range(0, 5).map((n) -> {
			if (n == 1) {
				throw new NoClassDefFoundError("missing");
			}
			return event(n);
		}));
		assertThat(this.stream.text()).startsWith(StreamFixture.OPENING + frames(0, 1) + "event:sse-error\n")
			.doesNotContain("data:2");
		assertThat(output)
			.containsOnlyOnce("The event stream 1 of GET /events for client 'client' has failed after it was opened");
	}

	@Test
	void checkedExceptionArrivesAsItself() {
		this.stream.start(Flux.generate((sink) -> sink.error(new IOException("checked"))));
		assertThat(this.stream.error).isExactlyInstanceOf(IOException.class);
	}

	@Test
	void errorThatTheClientDidNotStayForIsLogged(CapturedOutput output) {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.become(false);
		this.source.error(new IllegalStateException("late and unseen"));
		this.stream.loop.runTasks();
		this.stream.loop.onLoop(() -> this.stream.writer.gone());
		assertThat(output).containsOnlyOnce("IllegalStateException: late and unseen");
	}

	@Test
	void errorWithAStatusKeepsItsStatusButNotItsReason() {
		this.stream.start(
				Flux.concat(Flux.just(event("a")), Flux.error(new ResponseStatusException(HttpStatus.GONE, "secret"))));
		assertThat(this.stream.text()).contains("{\"type\":\"about:blank\",\"title\":\"Gone\",\"status\":410}")
			.doesNotContain("secret");
	}

	@Test
	void eventsBeforeAnErrorAreWritten() {
		this.stream.start(Flux.range(0, 3).map((n) -> {
			if (n == 2) {
				throw new IllegalStateException("boom");
			}
			return event(n);
		}));
		assertThat(this.stream.text()).startsWith(StreamFixture.OPENING + frames(0, 2) + "event:sse-error\n");
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void endTellsTheClientToComeBackAndCancelsTheSource() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.writer.end(SseStreamEnd.DRAINED);
		this.stream.loop.runTasks();
		this.source.assertCancelled();
		assertThat(this.stream.written).containsExactly(StreamFixture.OPENING + "data:a\n\n", "retry:100\n\n");
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void endWaitsForAClientThatDoesNotRead() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.become(false);
		this.stream.writer.end(SseStreamEnd.DRAINED);
		this.stream.loop.runTasks();
		assertThat(this.stream.completed).isFalse();
		this.stream.become(true);
		assertThat(this.stream.written).last().isEqualTo("retry:100\n\n");
		assertThat(this.stream.completed).isTrue();
	}

	@Test
	void batchThatCannotBeWrittenCutsTheStream() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.failure = new IllegalStateException("no buffer");
		emit("b");
		this.stream.failure = null;
		emit("c");
		this.source.assertCancelled();
		assertThat(this.stream.aborted).isTrue();
		assertThat(this.stream.text()).doesNotContain("data:c");
	}

	@Test
	void abortClosesTheConnection() {
		this.stream.start(this.source.flux());
		this.stream.become(false);
		this.stream.writer.abort(SseStreamEnd.DRAINED);
		this.stream.loop.runTasks();
		this.source.assertCancelled();
		assertThat(this.stream.aborted).isTrue();
	}

	// Keep-alive

	@Test
	void commentIsWrittenAfterTheIntervalWithoutAnyBytes() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.written.clear();
		this.stream.loop.advance(Duration.ofMillis(4999));
		assertThat(this.stream.written).isEmpty();
		this.stream.loop.advance(Duration.ofMillis(1));
		assertThat(this.stream.written).containsExactly(":ping\n\n");
		this.stream.loop.advance(Duration.ofSeconds(10));
		assertThat(this.stream.written).hasSize(3);
	}

	@Test
	void commentIsNeverMoreThan50MillisecondsLate() {
		this.stream.start(this.source.flux());
		this.stream.loop.advance(Duration.ofMillis(7));
		emit("a");
		this.stream.written.clear();
		this.stream.loop.advance(Duration.ofMillis(5050));
		assertThat(this.stream.written).containsExactly(":ping\n\n");
	}

	@Test
	void trafficResetsTheInterval() {
		this.stream.start(this.source.flux());
		for (int i = 0; i < 10; i++) {
			emit(i);
			this.stream.loop.advance(Duration.ofSeconds(4));
		}
		assertThat(this.stream.text()).doesNotContain("ping");
	}

	@Test
	void firstCommentComesOneIntervalAfterTheOpening() {
		this.stream.start(this.source.flux());
		this.stream.loop.advance(Duration.ofMillis(250 + 4999));
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING);
		this.stream.loop.advance(Duration.ofMillis(1));
		assertThat(this.stream.text()).isEqualTo(StreamFixture.OPENING + ":ping\n\n");
	}

	@Test
	void commentIsNeverQueuedBehindAChannelThatIsNotWritable() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.written.clear();
		this.stream.become(false);
		this.stream.loop.advance(Duration.ofMinutes(10));
		assertThat(this.stream.written).isEmpty();
		this.stream.become(true);
		assertThat(this.stream.written).containsExactly(":ping\n\n");
	}

	@Test
	void eventThatIsWaitingGoesBeforeTheComment() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.written.clear();
		this.stream.become(false);
		this.stream.loop.advance(Duration.ofMinutes(10));
		emit("b");
		this.stream.become(true);
		assertThat(this.stream.written).containsExactly("data:b\n\n");
	}

	@Test
	void keepAliveEndsWithTheStream() {
		this.stream.start(Flux.just(event("a")));
		this.stream.written.clear();
		this.stream.loop.advance(Duration.ofMinutes(1));
		assertThat(this.stream.written).isEmpty();
	}

	@Test
	void outermostKeepAliveOfTheFluxWins() {
		Flux<SseEvent> inner = SseKeepAlive.of(this.source.flux()).maxInterval(Duration.ofSeconds(1)).comment("inner");
		this.stream
			.start(SseKeepAlive.of(inner.map((event) -> event)).maxInterval(Duration.ofSeconds(2)).filter((e) -> true));
		emit("a");
		this.stream.written.clear();
		this.stream.loop.advance(Duration.ofSeconds(2));
		assertThat(this.stream.written).containsExactly(":ping\n\n");
	}

	private static StreamFixture stalling(Duration stallTimeout) {
		return new StreamFixture(StreamFixture.settings(Duration.ofMillis(250), true, null, stallTimeout));
	}

	@Test
	void clientThatTakesNothingForTheStallTimeoutIsClosed() {
		StreamFixture stream = stalling(Duration.ofSeconds(30)).start(this.source.flux());
		stream.pending = true;
		stream.loop.advance(Duration.ofSeconds(29));
		assertThat(stream.aborted).isFalse();
		stream.loop.advance(Duration.ofSeconds(2));
		assertThat(stream.aborted).isTrue();
		assertThat(stream.end).isEqualTo(SseStreamEnd.STALLED);
		this.source.assertCancelled();
	}

	@Test
	void clientThatTakesASlowlyLeavingEventHasNotStalled() {
		StreamFixture stream = stalling(Duration.ofSeconds(8)).start(this.source.flux());
		stream.pending = true;
		stream.become(false);
		for (int i = 0; i < 20; i++) {
			stream.progress++;
			stream.loop.advance(Duration.ofSeconds(5));
		}
		assertThat(stream.aborted).isFalse();
		stream.loop.advance(Duration.ofSeconds(11));
		assertThat(stream.aborted).isTrue();
	}

	@Test
	void timeInWhichTheLoopStoodStillDoesNotCountAgainstTheClient() {
		StreamFixture stream = stalling(Duration.ofSeconds(8)).start(this.source.flux());
		stream.pending = true;
		stream.loop.advance(Duration.ofSeconds(3));
		stream.loop.standStill(Duration.ofSeconds(30));
		stream.loop.advance(Duration.ofSeconds(1));
		assertThat(stream.aborted).isFalse();
		stream.loop.advance(Duration.ofSeconds(8));
		assertThat(stream.aborted).isTrue();
		assertThat(stream.end).isEqualTo(SseStreamEnd.STALLED);
	}

	@Test
	void quietStreamIsNoStall() {
		StreamFixture stream = stalling(Duration.ofSeconds(2)).start(this.source.flux());
		stream.loop.advance(Duration.ofMinutes(10));
		assertThat(stream.aborted).isFalse();
		assertThat(stream.text()).contains(":ping");
	}

	@Test
	void streamAtRestIsWokenForItsKeepAliveOnly() {
		StreamFixture stream = stalling(Duration.ofSeconds(8)).start(this.source.flux());
		stream.loop.advance(Duration.ofMinutes(1));
		int before = stream.loop.timersScheduled;
		stream.written.clear();
		stream.loop.advance(Duration.ofMinutes(10));
		assertThat(stream.written).hasSize(120);
		assertThat(stream.loop.timersScheduled - before).isEqualTo(120);
	}

	@Test
	void clientThatTakesNothingAfterARestIsClosed() {
		StreamFixture stream = stalling(Duration.ofSeconds(8)).start(this.source.flux());
		stream.loop.advance(Duration.ofMinutes(1));
		stream.pending = true;
		stream.loop.advance(Duration.ofSeconds(8));
		assertThat(stream.aborted).isFalse();
		stream.loop.advance(Duration.ofSeconds(1));
		assertThat(stream.aborted).isTrue();
	}

	@Test
	void serverThatAsksForNothingWhileSomethingWaitsHasAStalledClient() {
		StreamFixture stream = stalling(Duration.ofSeconds(4)).start(this.source.flux(), 1);
		stream.loop.advance(Duration.ofSeconds(6));
		assertThat(stream.aborted).isTrue();
	}

	@Test
	void clientThatDoesNotTakeTheEndIsClosedToo() {
		StreamFixture stream = stalling(Duration.ofSeconds(4)).start(Flux.just(event("a")));
		assertThat(stream.completed).isTrue();
		stream.pending = true;
		stream.loop.advance(Duration.ofSeconds(6));
		assertThat(stream.aborted).isTrue();
		assertThat(stream.end).isEqualTo(SseStreamEnd.COMPLETED);
	}

	@Test
	void streamThatIsGoneIsNotLookedAtAnyMore() {
		StreamFixture stream = stalling(Duration.ofSeconds(4)).start(Flux.just(event("a")));
		stream.writer.left();
		stream.pending = true;
		stream.loop.advance(Duration.ofMinutes(6));
		assertThat(stream.aborted).isFalse();
		assertThat(stream.loop.timersWaiting()).isZero();
	}

	@Test
	void streamThatReachesItsMaxAgeTellsItsClientToComeBack() {
		StreamFixture stream = new StreamFixture(
				StreamFixture.settings(Duration.ofMillis(250), true, Duration.ofMinutes(10), Duration.ZERO))
			.start(this.source.flux());
		stream.loop.advance(Duration.ofSeconds(9 * 60 - 1));
		assertThat(stream.completed).isFalse();
		stream.loop.advance(Duration.ofSeconds(2 * 60 + 2));
		assertThat(stream.written).last().isEqualTo("retry:100\n\n");
		assertThat(stream.completed).isTrue();
		assertThat(stream.end).isEqualTo(SseStreamEnd.AGED);
		this.source.assertCancelled();
	}

	@Test
	void agesOfStreamsThatBeganTogetherDiffer() {
		List<Integer> ages = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			StreamFixture stream = new StreamFixture(
					StreamFixture.settings(Duration.ofMillis(250), true, Duration.ofMinutes(10), Duration.ZERO))
				.start(Flux.never());
			int seconds = 0;
			while (!stream.completed) {
				stream.loop.advance(Duration.ofSeconds(1));
				seconds++;
			}
			ages.add(seconds);
		}
		assertThat(ages).allMatch((seconds) -> seconds >= 540 && seconds <= 661);
		assertThat(Set.copyOf(ages)).hasSizeGreaterThan(3);
	}

	@Test
	void connectionReportsItsEventsAndSinceWhenItIsNotWritable() {
		this.stream.start(this.source.flux());
		emit("a");
		SseConnection before = this.stream.writer.connection();
		assertThat(before.clientKey()).isEqualTo("client");
		assertThat(before.events()).isOne();
		assertThat(before.bytes()).isEqualTo(this.stream.text().length());
		assertThat(before.unwritableSince()).isNull();
		this.stream.become(false);
		emit("b");
		SseConnection after = this.stream.writer.connection();
		assertThat(after.events()).isOne();
		assertThat(after.unwritableSince()).isNotNull();
		this.stream.become(true);
		assertThat(this.stream.writer.connection().unwritableSince()).isNull();
	}

	@Test
	void keepAliveThatComesLateAndIsDueIsWritten() {
		Sinks.Empty<Void> go = Sinks.empty();
		this.stream
			.start(go.asMono().thenMany(SseKeepAlive.of(Flux.<SseEvent>never()).maxInterval(Duration.ofMillis(100))));
		this.stream.loop.advance(Duration.ofSeconds(1));
		this.stream.written.clear();
		go.tryEmitEmpty();
		this.stream.loop.runTasks();
		assertThat(this.stream.written).containsExactly(":ping\n\n");
		this.stream.loop.advance(Duration.ofSeconds(1));
		assertThat(this.stream.written).hasSizeGreaterThan(5);
	}

	@Test
	void keepAliveThatComesBetweenTheOpenDelayAndItsTurnDoesNotLoseTheOpening() {
		StreamFixture stream = new StreamFixture(
				StreamFixture.settings(Duration.ofMillis(260), true, null, Duration.ZERO));
		Sinks.Empty<Void> go = Sinks.empty();
		stream.start(go.asMono().thenMany(SseKeepAlive.of(Flux.<SseEvent>never()).maxInterval(Duration.ofSeconds(1))));
		stream.loop.advance(Duration.ofMillis(270));
		assertThat(stream.opened).isFalse();
		go.tryEmitEmpty();
		stream.loop.runTasks();
		assertThat(stream.opened).isTrue();
	}

	@Test
	void sourceThatFailsWhenItIsCancelledDoesNotKeepTheStreamFromItsEnd() {
		this.stream.start(Flux.create((sink) -> {
			sink.next(event("a"));
			sink.onDispose(() -> {
				throw new IllegalStateException("user");
			});
		}));
		this.stream.loop.onLoop(() -> this.stream.writer.gone());
		assertThat(this.stream.end).isEqualTo(SseStreamEnd.GONE);
		assertThat(this.stream.begun).isFalse();
	}

	@Test
	void keepAliveThatComesLateCountsFromTheLastBytes() {
		this.stream.start(this.source.flux());
		emit("a");
		this.stream.written.clear();
		this.stream.loop.advance(Duration.ofSeconds(4));
		this.stream.writer.useKeepAlive(new SseStream.KeepAlive(true, Duration.ofMillis(4500), null));
		this.stream.loop.advance(Duration.ofMillis(550));
		assertThat(this.stream.written).containsExactly(":ping\n\n");
	}

	@Test
	void keepAliveOffIsOff() {
		this.stream.start(SseKeepAlive.off(this.source.flux()));
		emit("a");
		this.stream.loop.advance(Duration.ofHours(1));
		assertThat(this.stream.text()).doesNotContain("ping");
	}

	// The handle

	@Test
	void streamIsInTheContextOfTheSource() {
		AtomicReference<SseStream> found = new AtomicReference<>();
		this.stream.start(Flux.deferContextual((context) -> {
			found.set(SseStream.from(context));
			return Flux.<SseEvent>never();
		}).map((event) -> event), "7");
		assertThat(found.get().lastEventId().value()).isEqualTo("7");
		assertThat(found.get().executor()).isSameAs(this.stream.loop);
	}

	/** Emits the given events from its own queue. The writer never polls it. */
	private final class Source {

		private boolean cancelled;

		Flux<SseEvent> flux() {
			return StreamWriterTests.this.buffered.asFlux().hide().doOnCancel(() -> this.cancelled = true);
		}

		void error(Throwable ex) {
			StreamWriterTests.this.buffered.tryEmitError(ex).orThrow();
		}

		void assertCancelled() {
			assertThat(this.cancelled).isTrue();
		}

	}

}
