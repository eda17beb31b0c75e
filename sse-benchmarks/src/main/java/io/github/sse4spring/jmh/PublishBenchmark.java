package io.github.sse4spring.jmh;

import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.hub.SseHubBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Measures the time that one publish of 100 bytes takes for its caller, for any number of
 * subscribers. The subscribers have no demand. The caller publishes alone, or at the same
 * time as one or eight other publishers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PublishBenchmark {

	private static final SseEvent EVENT = SseEvent.text("x".repeat(100));

	/** How many subscribers the topic has. */
	@Param({ "0", "100", "10000" })
	public int subscribers;

	private SseHub hub = SseHubBuilder.create().build();

	/** Subscribe. */
	@Setup
	public void subscribe() {
		this.hub = SseHubBuilder.create().build();
		for (int i = 0; i < this.subscribers; i++) {
			this.hub.subscribe("news").subscribe(new BaseSubscriber<>() {

				@Override
				protected void hookOnSubscribe(Subscription subscription) {
					// No demand.
				}

			});
		}
	}

	/** Close the hub. */
	@TearDown
	public void close() {
		this.hub.close();
	}

	@Benchmark
	@Threads(1)
	public SsePublication publish() {
		return this.hub.publish("news", EVENT);
	}

	@Benchmark
	@Threads(2)
	public SsePublication publishAgainstOne() {
		return this.hub.publish("news", EVENT);
	}

	@Benchmark
	@Threads(9)
	public SsePublication publishAgainstEight() {
		return this.hub.publish("news", EVENT);
	}

}
