package io.github.sse4spring.jmh;

import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.SseHubBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.scheduler.Schedulers;

/**
 * Measures the time that a subscriber needs to take an event from the ring, like the
 * writer of a stream.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PollBenchmark {

	private static final int EVENTS = 256;

	private final SseHub hub = SseHubBuilder.create().scheduler(Schedulers.immediate()).build();

	private Fuseable.QueueSubscription<SseEvent> subscription = subscribe();

	/** Publish the events to poll. */
	@Setup(Level.Trial)
	public void publish() {
		for (int i = 0; i < EVENTS; i++) {
			this.hub.publish("news", SseEvent.text("x"));
		}
	}

	/** Start with the first event again. */
	@Setup(Level.Invocation)
	public void restart() {
		this.subscription.cancel();
		this.subscription = subscribe();
	}

	@SuppressWarnings("unchecked")
	private Fuseable.QueueSubscription<SseEvent> subscribe() {
		Object[] found = new Object[1];
		this.hub.subscribe(SseSubscription.to("news").earliest()).subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				((Fuseable.QueueSubscription<SseEvent>) subscription).requestFusion(Fuseable.ASYNC);
				found[0] = subscription;
			}

			@Override
			public void onNext(SseEvent event) {
			}

			@Override
			public void onError(Throwable ex) {
			}

			@Override
			public void onComplete() {
			}

		});
		return (Fuseable.QueueSubscription<SseEvent>) found[0];
	}

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public void poll(Blackhole blackhole) {
		for (int i = 0; i < EVENTS; i++) {
			blackhole.consume(this.subscription.poll());
		}
	}

}
