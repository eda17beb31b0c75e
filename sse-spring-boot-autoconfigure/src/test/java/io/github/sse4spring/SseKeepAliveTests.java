package io.github.sse4spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(20)
class SseKeepAliveTests {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static SseKeepAlive keepAlive(Flux<SseEvent> source) {
		return SseKeepAlive.of(source).maxInterval(Duration.ofSeconds(5)).comment("ping");
	}

	@Test
	void sourceIsPassedThroughWhereThereIsNoStream() {
		StepVerifier.withVirtualTime(() -> keepAlive(Flux.concat(Flux.just(SseEvent.text("a")), Flux.never())))
			.expectNext(SseEvent.text("a"))
			.expectNoEvent(Duration.ofHours(1))
			.thenCancel()
			.verify(LIMIT);
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
		assertThat(stream.settings).containsExactly(new SseStream.KeepAlive(false, null, null),
				new SseStream.KeepAlive(true, Duration.ofSeconds(5), "ping"));
	}

	@Test
	void fuseableSourceStaysFuseableForTheOperatorsAround() {
		assertThat(SseKeepAlive.of(Flux.just(SseEvent.text("a")))).isInstanceOf(Fuseable.class);
		assertThat(SseKeepAlive.of(Flux.just(SseEvent.text("a")).hide())).isNotInstanceOf(Fuseable.class);
		StepVerifier.create(keepAlive(Flux.just(SseEvent.text("a"))).map((event) -> event))
			.expectFusion(Fuseable.ANY)
			.expectNext(SseEvent.text("a"))
			.expectComplete()
			.verify(LIMIT);
	}

	@Test
	void settingsOfAKeepAliveThatIsOffAreRefused() {
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
		FakeStream stream = new FakeStream();
		StepVerifier.create(keepAlive.maxInterval(Duration.ofMillis(100)).contextWrite(stream::into))
			.thenCancel()
			.verify(LIMIT);
		assertThat(stream.settings).containsExactly(new SseStream.KeepAlive(true, Duration.ofMillis(100), null));
	}

	private static final class FakeStream implements SseStream {

		private final List<SseStream.KeepAlive> settings = new ArrayList<>();

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
		public void keepAlive(SseStream.KeepAlive settings) {
			this.settings.add(settings);
		}

	}

}
