package io.github.sse4spring.webflux;

import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.stream.GetRequest;
import io.github.sse4spring.stream.Places;
import io.github.sse4spring.stream.SseStreams;
import io.github.sse4spring.stream.StreamBody;
import io.github.sse4spring.stream.StreamResponse;
import io.github.sse4spring.stream.TestLoop;
import io.github.sse4spring.stream.TestStreams;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks what the body of a reactive response does, with a server that subscribes to the
 * transport itself. No operator is between the two, since an operator would hide signals
 * that must not come.
 */
class BodyTransportTests {

	private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);

	private final TestLoop loop = new TestLoop();

	private final SseStreams streams = TestStreams.create(STALL_TIMEOUT);

	private final Places places = Places.of(this.streams);

	private final Sinks.Many<SseEvent> source = Sinks.many().unicast().onBackpressureBuffer();

	private final Server server = new Server();

	private final Response response = new Response();

	/** How the result of the response has ended. */
	private final List<String> result = new ArrayList<>();

	/** Open the stream of a source on a thread that is not the loop. */
	private void open(Flux<SseEvent> events) {
		write(events);
		this.loop.runTasks();
	}

	private void write(Flux<SseEvent> events) {
		this.streams.write(events, new GetRequest("/events"), this.response).subscribe((done) -> {
		}, (ex) -> this.result.add("failed: " + ex.getMessage()), () -> this.result.add("completed"));
	}

	private void emit(String... data) {
		for (String item : data) {
			this.source.tryEmitNext(SseEvent.text(item));
			this.loop.runTasks();
		}
	}

	/** Ask for buffers on a thread that is not the loop, and let the loop run. */
	private void request(long buffers) {
		this.server.request(buffers);
		this.loop.runTasks();
	}

	// Demand

	@Test
	void emitsNothingWithoutDemand() {
		open(this.source.asFlux());
		this.loop.advance(TestStreams.OPEN_DELAY);
		emit("a", "b");
		assertThat(this.server.signals).isEmpty();
	}

	@Test
	void emitsWhatWaitsWhenDemandComesOnTheLoop() {
		open(this.source.asFlux());
		emit("a");
		this.loop.onLoop(() -> {
			this.server.request(1);
			assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n");
		});
	}

	@Test
	void emitsWhatWaitsOnTheLoopWhenDemandComesOnAnotherThread() {
		open(this.source.asFlux());
		emit("a");
		this.server.request(1);
		assertThat(this.server.signals).isEmpty();
		this.loop.runTasks();
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void demandInOnSubscribeCountsOnAndOffTheLoop(boolean onLoop) {
		this.server.whenSubscribed = () -> this.server.request(1);
		if (onLoop) {
			this.loop.onLoop(() -> write(this.source.asFlux()));
		}
		else {
			open(this.source.asFlux());
		}
		emit("a", "b");
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n");
	}

	@Test
	void eachBufferUsesUpOneDemand() {
		open(this.source.asFlux());
		request(1);
		emit("a", "b", "c");
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n");
		request(1);
		assertThat(this.server.signals).hasSize(2).last().isEqualTo("data:b\n\ndata:c\n\n");
		emit("d");
		assertThat(this.server.signals).hasSize(2);
	}

	@Test
	void demandAddsUp() {
		open(this.source.asFlux());
		request(2);
		request(1);
		emit("a", "b", "c", "d");
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n", "data:b\n\n", "data:c\n\n");
	}

	@Test
	void demandForAnyNumberStaysSoWhenMoreIsRequested() {
		open(this.source.asFlux());
		request(Long.MAX_VALUE);
		request(Long.MAX_VALUE);
		emit("a", "b");
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n", "data:b\n\n");
	}

	@Test
	void demandWithinOnNextIsForTheNextBuffer() {
		this.server.whenReceived = () -> this.server.request(1);
		open(this.source.asFlux());
		request(1);
		emit("a", "b", "c");
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n", "data:b\n\n", "data:c\n\n");
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1 })
	void requestForNothingIsNoDemand(long nothing) {
		open(this.source.asFlux());
		emit("a");
		request(nothing);
		assertThat(this.server.signals).isEmpty();
		request(1);
		request(nothing);
		emit("b");
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n");
		request(1);
		assertThat(this.server.signals).hasSize(2).last().isEqualTo("data:b\n\n");
	}

	@Test
	void largeEventIsEmittedInPartsForOneDemandEach() {
		String frame = "data:" + "x".repeat(40_000) + "\n\n";
		String expected = TestStreams.OPENING + frame;
		open(this.source.asFlux());
		emit("x".repeat(40_000));
		int part = 16 * 1024;
		request(1);
		assertThat(this.server.signals).containsExactly(expected.substring(0, part));
		request(1);
		assertThat(this.server.signals).hasSize(2).last().isEqualTo(expected.substring(part, 2 * part));
		emit("after");
		request(1);
		assertThat(this.server.signals).hasSize(3).last().isEqualTo(expected.substring(2 * part));
		request(1);
		assertThat(this.server.signals).hasSize(4).last().isEqualTo("data:after\n\n");
	}

	@Test
	void bytesArePendingWhileThereIsNoDemand() {
		open(this.source.asFlux());
		assertThat(this.server.transport().hasPending()).isTrue();
		request(1);
		assertThat(this.server.transport().hasPending()).isFalse();
		emit("a");
		assertThat(this.server.transport().hasPending()).isTrue();
	}

	// Cancel

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void cancelInOnSubscribeOpensNothing(boolean onLoop) {
		this.server.whenSubscribed = () -> {
			this.server.request(1);
			this.server.cancel();
			this.server.disconnected();
		};
		if (onLoop) {
			this.loop.onLoop(() -> write(this.source.asFlux()));
		}
		else {
			open(this.source.asFlux());
		}
		emit("a");
		this.loop.advance(STALL_TIMEOUT.multipliedBy(2));
		assertThat(this.server.signals).isEmpty();
		assertThat(this.source.currentSubscriberCount()).isZero();
		assertThat(this.streams.connections().count()).isZero();
		assertThat(this.places.taken()).isZero();
		assertThat(this.result).containsExactly("failed: disconnected");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void cancelInOnSubscribeLeavesNoOpenStreamBeforeTheResponseIsOver(boolean onLoop) {
		this.server.whenSubscribed = this.server::cancel;
		if (onLoop) {
			this.loop.onLoop(() -> write(this.source.asFlux()));
		}
		else {
			open(this.source.asFlux());
		}
		assertThat(this.streams.connections().count()).isZero();
		assertThat(this.source.currentSubscriberCount()).isZero();
		assertThat(this.places.taken()).isOne();
		this.server.left();
		assertThat(this.places.taken()).isZero();
	}

	@Test
	void cancelledBodyIgnoresDemand() {
		open(this.source.asFlux());
		emit("x".repeat(40_000));
		request(1);
		this.server.cancel();
		request(1);
		emit("a");
		assertThat(this.server.signals).hasSize(1);
	}

	// The end of the body

	@Test
	void completesWhenTheSourceHas() {
		open(Flux.just(SseEvent.text("a")));
		request(1);
		assertThat(this.server.signals).containsExactly(TestStreams.OPENING + "data:a\n\n" + TestStreams.END,
				"complete");
		assertThat(this.result).isEmpty();
		this.server.left();
		this.loop.runTasks();
		assertThat(this.result).containsExactly("completed");
		assertThat(this.streams.connections().count()).isZero();
		assertThat(this.places.taken()).isZero();
	}

	@Test
	void errorBeforeTheStreamIsOpenIsTheOnlySignal() {
		open(Flux.error(new IllegalStateException("early")));
		request(1);
		assertThat(this.server.signals).containsExactly("IllegalStateException: early");
		assertThat(this.result).containsExactly("failed: early");
		assertThat(this.streams.connections().count()).isZero();
		assertThat(this.places.taken()).isZero();
	}

	@Test
	void abortFailsTheBodyWithAnExceptionOfADisconnectedClient() {
		open(this.source.asFlux());
		emit("a");
		this.loop.advance(STALL_TIMEOUT);
		assertThat(this.server.signals).containsExactly("EOFException: The client does not read");
		assertThat(this.result).containsExactly("completed");
		assertThat(this.source.currentSubscriberCount()).isZero();
		assertThat(this.streams.connections().count()).isZero();
		assertThat(this.places.taken()).isZero();
	}

	@Test
	void abortAfterTheEndEmitsNothingMore() {
		open(Flux.just(SseEvent.text("a")));
		request(1);
		// Here the stall watch aborts as well, since the server asks for nothing more.
		this.loop.advance(STALL_TIMEOUT.multipliedBy(2));
		this.loop.onLoop(() -> this.server.transport().abort("late"));
		assertThat(this.server.signals).hasSize(2).last().isEqualTo("complete");
	}

	@Test
	void failureAndEndAfterAnAbortEmitNothingMore() {
		open(this.source.asFlux());
		this.loop.onLoop(() -> {
			this.server.transport().abort("cut");
			this.server.transport().fail(new IllegalStateException("late"));
			this.server.transport().end();
		});
		assertThat(this.server.signals).containsExactly("EOFException: cut");
	}

	@Test
	void endAndAbortAfterAFailureEmitNothingMore() {
		open(this.source.asFlux());
		this.loop.onLoop(() -> {
			this.server.transport().fail(new IllegalStateException("early"));
			this.server.transport().end();
			this.server.transport().abort("late");
		});
		assertThat(this.server.signals).containsExactly("IllegalStateException: early");
	}

	@Test
	void secondSubscriberIsRefusedAndTheStreamOfTheFirstGoesOn() {
		open(this.source.asFlux());
		this.server.request(2);
		AtomicReference<Throwable> refusal = new AtomicReference<>();
		this.server.transport().subscribe((buffer) -> {
		}, refusal::set);
		this.source.tryEmitNext(SseEvent.text("a"));
		this.loop.runTasks();
		assertThat(refusal.get()).isInstanceOf(IllegalStateException.class)
			.hasMessage("The body of a response has one subscriber");
		assertThat(String.join("", this.server.signals)).contains("data:a");
	}

	/**
	 * The server: subscribes to the body, records its signals, and asks for what the test
	 * says.
	 */
	private static final class Server implements CoreSubscriber<DataBuffer> {

		/** The text of each buffer, and the terminal signals. */
		final List<String> signals = new ArrayList<>();

		Runnable whenSubscribed = () -> {
		};

		Runnable whenReceived = () -> {
		};

		private @Nullable GroupTransport transport;

		private @Nullable Subscription subscription;

		private @Nullable MonoSink<Void> result;

		void respond(GroupTransport transport, MonoSink<Void> result) {
			this.transport = transport;
			this.result = result;
			transport.subscribe(this);
		}

		GroupTransport transport() {
			return this.transport;
		}

		void request(long buffers) {
			this.subscription.request(buffers);
		}

		void cancel() {
			this.subscription.cancel();
		}

		/** The last byte of the response has left. */
		void left() {
			this.result.success();
		}

		/** The client has gone before the last byte of the response has left. */
		void disconnected() {
			this.result.error(new EOFException("disconnected"));
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			this.whenSubscribed.run();
		}

		@Override
		public void onNext(DataBuffer buffer) {
			this.signals.add(buffer.toString(StandardCharsets.UTF_8));
			this.whenReceived.run();
		}

		@Override
		public void onError(Throwable ex) {
			this.signals.add(ex.getClass().getSimpleName() + ": " + ex.getMessage());
			this.result.error(ex);
		}

		@Override
		public void onComplete() {
			this.signals.add("complete");
		}

	}

	/** A response whose stream is on the loop of the test. */
	private final class Response implements StreamResponse {

		private final MockServerHttpResponse head = new MockServerHttpResponse();

		private final StreamResponse delegate = new WebFluxResponse(this.head, BodyTransportTests.this.streams);

		@Override
		public int status() {
			return this.delegate.status();
		}

		@Override
		public void setStatus(int status) {
			this.delegate.setStatus(status);
		}

		@Override
		public @Nullable String header(String name) {
			return this.delegate.header(name);
		}

		@Override
		public void setHeader(String name, @Nullable String value) {
			this.delegate.setHeader(name, value);
		}

		@Override
		public Mono<Void> end(byte[] body) {
			return this.delegate.end(body);
		}

		@Override
		public Mono<Void> stream(StreamBody body) {
			GroupTransport transport = new GroupTransport(this.head, body, BodyTransportTests.this.loop);
			return Mono.create((result) -> BodyTransportTests.this.server.respond(transport, result));
		}

	}

}
