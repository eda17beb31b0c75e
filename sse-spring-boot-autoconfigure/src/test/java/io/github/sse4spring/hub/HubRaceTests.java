package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseSubscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Ends of topics and of the hub, and eviction, each in a race with publishers and with
 * subscribers that subscribe, read and cancel.
 */
@Timeout(30)
class HubRaceTests {

	private static final int ROUNDS = 50;

	private static final int EVENTS = 40;

	private static final Duration LONG = Duration.ofSeconds(10);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	private static List<String> numbers() {
		return IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList();
	}

	private static void publish(SseHub hub, String topic) {
		numbers().forEach((number) -> hub.publish(topic, SseEvent.text(number)));
	}

	private static Flux<String> texts(SseHub hub, String... topics) {
		return hub.subscribe(SseSubscription.to(topics).earliest().withNotices())
			.map((event) -> event.isNotice() ? event.name() + event.data() : String.valueOf(event.data()));
	}

	/** Run all racers at the same time, and wait until every one has finished. */
	private void race(Runnable... racers) throws Exception {
		CyclicBarrier start = new CyclicBarrier(racers.length);
		List<Future<?>> running = Stream.of(racers).<Future<?>>map((racer) -> this.threads.submit(() -> {
			start.await();
			racer.run();
			return null;
		})).toList();
		for (Future<?> each : running) {
			each.get(10, TimeUnit.SECONDS);
		}
	}

	@RepeatedTest(ROUNDS)
	void everySubscriberReadsToTheEndOfTheTopicWhenEverItComes() throws Exception {
		SseHub hub = SseHubBuilder.create().build();
		Runnable subscriber = () -> assertThat(texts(hub, "a").collectList().block(LONG)).isEqualTo(numbers());
		race(() -> {
			publish(hub, "a");
			hub.complete("a");
		}, subscriber, subscriber, subscriber);
		assertThat(hub.snapshot().subscribers()).isZero();
	}

	@RepeatedTest(ROUNDS)
	void severalTopicsEndInTheSamePlaceForAll() throws Exception {
		SseHub hub = SseHubBuilder.create().build();
		Sinks.Many<List<String>> histories = Sinks.many().replay().all();
		Runnable subscriber = () -> histories.emitNext(texts(hub, "a", "b").collectList().block(LONG),
				Sinks.EmitFailureHandler.busyLooping(LONG));
		race(() -> {
			publish(hub, "a");
			hub.complete("a");
		}, () -> {
			hub.publish("b", SseEvent.text("b"));
			hub.complete("b");
		}, subscriber, subscriber, subscriber);
		List<List<String>> all = histories.asFlux().take(3).collectList().block(LONG);
		assertThat(all).containsOnly(all.get(0));
	}

	@RepeatedTest(ROUNDS)
	void closeEndsAllAfterWhatWasPublishedBefore() throws Exception {
		SseHub hub = SseHubBuilder.create().build();
		Sinks.Many<List<String>> histories = Sinks.many().replay().all();
		Runnable subscriber = () -> histories.emitNext(texts(hub, "a").collectList().block(LONG),
				Sinks.EmitFailureHandler.busyLooping(LONG));
		race(() -> {
			try {
				publish(hub, "a");
			}
			catch (SseHubClosedException ex) {
				// The hub was closed before the last publish.
			}
		}, hub::close, subscriber, subscriber);
		List<List<String>> all = histories.asFlux().take(2).collectList().block(LONG);
		assertThat(all).containsOnly(all.get(0));
		assertThat(all.get(0)).isEqualTo(numbers().subList(0, all.get(0).size()));
	}

	@RepeatedTest(ROUNDS)
	void cancelLeavesNothingBehindWhateverEndsMeanwhile() throws Exception {
		SseHub hub = SseHubBuilder.create().build();
		Runnable subscriber = () -> {
			Disposable subscription = texts(hub, "a", "b").subscribe();
			publish(hub, "b");
			subscription.dispose();
		};
		race(() -> {
			publish(hub, "a");
			hub.complete("a");
			hub.complete("b");
		}, subscriber, subscriber);
		// A subscriber that is about to complete ignores the cancel and leaves later.
		await().atMost(LONG).until(() -> hub.snapshot().subscribers() == 0);
		assertThat(hub.snapshot().topics()).allMatch((topic) -> topic.subscribers() == 0);
	}

	@RepeatedTest(ROUNDS)
	void evictionDuringAReadIsToldExactly() throws Exception {
		SseHub hub = SseHubBuilder.create().maxRetainedSize(1_000).build();
		Sinks.One<List<String>> history = Sinks.one();
		SseSubscription subscription = SseSubscription.to("a").withNotices();
		Flux<SseEvent> events = hub.subscribe(subscription);
		events.publishOn(Schedulers.immediate(), 1)
			.map((event) -> event.isNotice() ? event.name() + event.data() : String.valueOf(event.data()))
			.collectList()
			.subscribe(history::tryEmitValue);
		race(() -> {
			publish(hub, "a");
			hub.complete("a");
		}, () -> publish(hub, "other"));
		List<String> seen = history.asMono().block(LONG);
		long missed = seen.stream()
			.filter((text) -> text.startsWith("sse-lag"))
			.mapToLong((text) -> Long.parseLong(text.replaceAll("[^0-9]", "")))
			.sum();
		List<String> received = seen.stream().filter((text) -> !text.startsWith("sse-")).toList();
		assertThat(received.size() + missed).isEqualTo(EVENTS);
		assertThat(received.stream().map(Integer::valueOf)).isSorted().doesNotHaveDuplicates();
	}

}
