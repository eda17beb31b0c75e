package io.github.sse4spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(20)
class SseKeepAliveTests {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static final SseEvent PING = SseEvent.comment("ping");

	private static SseKeepAlive keepAlive(Flux<SseEvent> source) {
		return SseKeepAlive.of(source).maxInterval(Duration.ofSeconds(5)).comment("ping");
	}

	@Test
	void firstCommentComesOneIntervalAfterSubscribing() {
		StepVerifier.withVirtualTime(() -> keepAlive(Flux.never()))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(4999))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(PING)
			.expectNoEvent(Duration.ofMillis(4999))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(PING)
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void intervalIs15SecondsAndCommentIsEmptyByDefault() {
		StepVerifier.withVirtualTime(() -> SseKeepAlive.of(Flux.never()))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(14999))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(SseEvent.comment(""))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void anyEventStartsTheIntervalAnew() {
		StepVerifier.withVirtualTime(() -> keepAlive(
				Flux.interval(Duration.ofSeconds(4)).take(3).map((i) -> SseEvent.text("e")).concatWith(Flux.never())))
			.expectSubscription()
			.thenAwait(Duration.ofSeconds(12))
			.expectNextCount(3)
			.expectNoEvent(Duration.ofMillis(4999))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(PING)
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void completionEndsIt() {
		StepVerifier.withVirtualTime(() -> keepAlive(Flux.just(SseEvent.text("a"))))
			.expectNext(SseEvent.text("a"))
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void errorEndsIt() {
		StepVerifier
			.withVirtualTime(() -> keepAlive(
					Flux.concat(Flux.just(SseEvent.text("a")), Flux.error(new IllegalStateException("boom")))))
			.expectNext(SseEvent.text("a"))
			.expectErrorMessage("boom")
			.verify(LIMIT);
	}

	@Test
	void cancelEndsItAndTheSource() {
		TestPublisher<SseEvent> source = TestPublisher.create();
		StepVerifier.withVirtualTime(() -> keepAlive(source.flux()))
			.expectSubscription()
			.thenAwait(Duration.ofSeconds(5))
			.expectNext(PING)
			.thenCancel()
			.verify(LIMIT);
		source.assertCancelled();
	}

	@Test
	void withoutDemandNoCommentIsMadeAndNonePilesUp() {
		StepVerifier.withVirtualTime(() -> keepAlive(Flux.never()), 0)
			.expectSubscription()
			.expectNoEvent(Duration.ofMinutes(1))
			.thenRequest(10)
			.expectNext(PING)
			.expectNoEvent(Duration.ofMillis(4999))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void eventThatIsWaitingGoesFirst() {
		Sinks.Many<SseEvent> sink = Sinks.many().unicast().onBackpressureBuffer();
		StepVerifier.withVirtualTime(() -> keepAlive(sink.asFlux()), 0)
			.expectSubscription()
			.expectNoEvent(Duration.ofMinutes(1))
			.then(() -> sink.tryEmitNext(SseEvent.text("a")))
			.thenRequest(2)
			.expectNext(SseEvent.text("a"))
			.expectNoEvent(Duration.ofMillis(4999))
			.thenAwait(Duration.ofMillis(1))
			.expectNext(PING)
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void commentUsesUpDemandThatTheSourceThenDoesNotHave() {
		Sinks.Many<SseEvent> sink = Sinks.many().unicast().onBackpressureBuffer();
		StepVerifier.withVirtualTime(() -> keepAlive(sink.asFlux()), 1)
			.expectSubscription()
			.thenAwait(Duration.ofSeconds(5))
			.expectNext(PING)
			.then(() -> sink.tryEmitNext(SseEvent.text("a")))
			.expectNoEvent(Duration.ofSeconds(1))
			.thenRequest(1)
			.expectNext(SseEvent.text("a"))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void offPassesTheSourceThrough() {
		StepVerifier.withVirtualTime(() -> SseKeepAlive.off(Flux.never()))
			.expectSubscription()
			.expectNoEvent(Duration.ofHours(1))
			.thenCancel()
			.verify(LIMIT);
	}

	@Test
	void everyEventArrivesInOrderFromAnotherThread() {
		Flux<SseEvent> source = Flux.range(0, 100_000)
			.publishOn(Schedulers.parallel())
			.map((n) -> SseEvent.text(Integer.toString(n)));
		List<Integer> numbers = SseKeepAlive.of(source)
			.maxInterval(Duration.ofMillis(100))
			.filter((event) -> event.data() != null)
			.map((event) -> Integer.valueOf((String) event.data()))
			.collectList()
			.block(Duration.ofSeconds(15));
		assertThat(numbers).isEqualTo(IntStream.range(0, 100_000).boxed().toList());
	}

	@Test
	void handsItsSettingsToTheStreamAndPassesTheSourceThrough() {
		FakeStream stream = new FakeStream();
		SseKeepAlive inner = keepAlive(Flux.just(SseEvent.text("a")));
		SseKeepAlive outer = SseKeepAlive.off(inner.map((event) -> event));
		StepVerifier.create(outer.contextWrite(stream::into))
			.expectFusion(Fuseable.ANY)
			.expectNext(SseEvent.text("a"))
			.expectComplete()
			.verify(LIMIT);
		assertThat(stream.first.get()).isSameAs(outer);
	}

	@Test
	void fuseableSourceStaysFuseableForTheOperatorsAround() {
		assertThat(SseKeepAlive.of(Flux.just(SseEvent.text("a")))).isInstanceOf(Fuseable.class);
		assertThat(SseKeepAlive.of(Flux.just(SseEvent.text("a")).hide())).isNotInstanceOf(Fuseable.class);
		StepVerifier.create(keepAlive(Flux.just(SseEvent.text("a"))).map((event) -> event))
			.expectNoFusionSupport()
			.expectNext(SseEvent.text("a"))
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void settingsOfOneThatIsOffAreRefused() {
		SseKeepAlive off = SseKeepAlive.off(Flux.never());
		assertThatIllegalStateException().isThrownBy(() -> off.maxInterval(Duration.ofSeconds(1)))
			.withMessageContaining("use of(..)");
		assertThatIllegalStateException().isThrownBy(() -> off.comment("ping"));
	}

	@Test
	void intervalOutOfRangeIsRefused() {
		SseKeepAlive keepAlive = SseKeepAlive.of(Flux.never());
		assertThatIllegalArgumentException().isThrownBy(() -> keepAlive.maxInterval(Duration.ofMillis(99)))
			.withMessageStartingWith("maxInterval must be between 100 ms and 365 days but is PT0.099S");
		assertThatIllegalArgumentException().isThrownBy(() -> keepAlive.maxInterval(Duration.ofDays(366)));
		assertThat(keepAlive.maxInterval(Duration.ofMillis(100)).maxInterval()).isEqualTo(Duration.ofMillis(100));
	}

	private static final class FakeStream implements SseStream {

		private final AtomicReference<SseKeepAlive> first = new AtomicReference<>();

		@Override
		public Executor executor() {
			return Runnable::run;
		}

		@Override
		public @Nullable SseLastEventId lastEventId() {
			return null;
		}

		@Override
		public @Nullable Consumer<String> attach(Source source, CoreSubscriber<?> subscriber) {
			return null;
		}

		@Override
		public void wake() {
		}

		@Override
		public @Nullable String resumeAfter() {
			return null;
		}

		@Override
		public boolean hasAllArrived() {
			return true;
		}

		@Override
		public boolean isOnlyOneBehind(CoreSubscriber<?> subscriber) {
			return true;
		}

		@Override
		public void write(SseEvent notice) {
		}

		@Override
		public void end() {
		}

		@Override
		public void keepAlive(SseKeepAlive keepAlive) {
			this.first.compareAndSet(null, keepAlive);
		}

	}

}
