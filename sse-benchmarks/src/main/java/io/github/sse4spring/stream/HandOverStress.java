package io.github.sse4spring.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;
import tools.jackson.databind.json.JsonMapper;

/**
 * The thread of a source hands over an event and its end while the loop of the stream is
 * at work. Each signal has a task behind it or is seen by one that runs: nothing stays
 * unwritten.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the event and the end were written")
@Outcome(expect = Expect.FORBIDDEN, desc = "a signal was seen by no task of the loop")
@State
public class HandOverStress {

	private static final SseStreams STREAMS = new SseStreams(new SseEventEncoder(JsonMapper.shared()),
			new SseStreamSettings(new SseStreamSettings.KeepAlive(false, Duration.ofSeconds(15), ""),
					Duration.ofSeconds(1), new SseStreamSettings.Retry(Duration.ofSeconds(1), Duration.ofSeconds(1)),
					new SseStreamSettings.Lifetime(true, null, Duration.ZERO, Duration.ZERO),
					new SseStreamSettings.Wire(Duration.ZERO, false, true),
					new SseStreamSettings.Limits(0, 0, Duration.ofSeconds(1))),
			SseClientKeyResolver.principalOrAddress(), List.of());

	private static final SseEvent EVENT = SseEvent.text("x");

	private final TaskLoop loop = new TaskLoop();

	private final Response response = new Response(this.loop);

	private final StreamWriter writer = new StreamWriter(STREAMS.environment(), this.response, Context.empty(),
			new StreamClient(null, null, "GET", "/", "handler"), () -> {
			});

	private @Nullable Subscriber<? super SseEvent> source;

	public HandOverStress() {
		this.writer.start(new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super SseEvent> actual) {
				HandOverStress.this.source = actual;
				actual.onSubscribe(new Subscription() {

					@Override
					public void request(long n) {
					}

					@Override
					public void cancel() {
					}

				});
			}

		});
		this.loop.runTasks();
	}

	@Actor
	public void source() {
		Subscriber<? super SseEvent> source = Objects.requireNonNull(this.source);
		source.onNext(EVENT);
		source.onComplete();
	}

	@Actor
	public void loop() {
		this.loop.runTasks();
	}

	@Arbiter
	public void arbiter(II_Result result) {
		this.loop.runTasks();
		this.writer.left();
		result.r1 = this.response.events;
		result.r2 = this.response.completed ? 1 : 0;
	}

	private static final class TaskLoop extends StreamLoop {

		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		private @Nullable Thread running;

		void runTasks() {
			this.running = Thread.currentThread();
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
			this.running = null;
		}

		@Override
		public boolean inLoop() {
			return this.running == Thread.currentThread();
		}

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		@Override
		public void schedule(Runnable task, long delayNanos) {
		}

	}

	/**
	 * A response that takes everything.
	 */
	private static final class Response implements StreamTransport {

		private final StreamLoop loop;

		private int events;

		private boolean completed;

		private Response(StreamLoop loop) {
			this.loop = loop;
		}

		@Override
		public StreamLoop loop() {
			return this.loop;
		}

		@Override
		public void start() {
		}

		@Override
		public void begin() {
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public int maxWrite() {
			return Integer.MAX_VALUE;
		}

		@Override
		public void write(StreamBatch batch, int length) {
			ByteBuffer bytes = ByteBuffer.allocate(length);
			batch.moveTo(bytes);
			this.events += new String(bytes.array(), StandardCharsets.UTF_8).contains("data:x\n") ? 1 : 0;
		}

		@Override
		public boolean hasPending() {
			return false;
		}

		@Override
		public long progress() {
			return 0;
		}

		@Override
		public void end() {
			this.completed = true;
		}

		@Override
		public void fail(Throwable failure) {
		}

		@Override
		public void abort(String why) {
		}

		@Override
		public void release() {
		}

		@Override
		public void left() {
		}

	}

}
