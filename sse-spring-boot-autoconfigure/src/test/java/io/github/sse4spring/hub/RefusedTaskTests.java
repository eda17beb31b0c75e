package io.github.sse4spring.hub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Fuseable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Scheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A subscription fails if its scheduler refuses a task. The scheduler may still run tasks
 * that it has taken before, as one with a full queue does.
 */
class RefusedTaskTests {

	private final FullScheduler scheduler = new FullScheduler();

	private final SseHub hub = SseHubBuilder.create().scheduler(this.scheduler).build();

	private final List<String> signals = new ArrayList<>();

	private static void onAnotherThread(Runnable action) {
		CompletableFuture.runAsync(action).orTimeout(5, TimeUnit.SECONDS).join();
	}

	/** Subscribe, and record the begin and the end of each signal. */
	private BaseSubscriber<SseEvent> subscribe(String topic, Runnable inOnNext) {
		BaseSubscriber<SseEvent> subscriber = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				request(1);
			}

			@Override
			protected void hookOnNext(SseEvent event) {
				RefusedTaskTests.this.signals.add("next " + event.data());
				inOnNext.run();
				RefusedTaskTests.this.signals.add("end of next");
			}

			@Override
			protected void hookOnError(Throwable ex) {
				RefusedTaskTests.this.signals.add("error " + ex.getClass().getSimpleName());
			}

		};
		this.hub.subscribe(topic).subscribe(subscriber);
		this.scheduler.run();
		return subscriber;
	}

	private void nothing() {
	}

	@Test
	void requestThatIsRefusedDuringOnNextFailsTheSubscriberAfterIt() {
		List<BaseSubscriber<SseEvent>> subscriber = new ArrayList<>();
		subscriber.add(subscribe("a", () -> {
			this.scheduler.full = true;
			onAnotherThread(() -> subscriber.get(0).request(1));
		}));
		this.hub.publish("a", SseEvent.text("1"));
		this.scheduler.run();
		assertThat(this.signals).containsExactly("next 1", "end of next", "error RejectedExecutionException");
		assertThat(this.hub.snapshot().subscribers()).isZero();
	}

	@Test
	void publishThatIsRefusedDuringOnNextFailsTheSubscriberAfterIt() {
		subscribe("a", () -> {
			this.scheduler.full = true;
			onAnotherThread(() -> this.hub.publish("a", SseEvent.text("2")));
		});
		this.hub.publish("a", SseEvent.text("1"));
		this.scheduler.run();
		assertThat(this.signals).containsExactly("next 1", "end of next", "error RejectedExecutionException");
	}

	@Test
	void publishThatIsRefusedFailsSubscribersOfOtherTopicsThatBecameReadyMeanwhile() {
		subscribe("a", this::nothing);
		subscribe("b", this::nothing);
		this.scheduler.beforeRefusal = () -> this.hub.publish("b", SseEvent.text("1"));
		this.scheduler.full = true;
		this.hub.publish("a", SseEvent.text("1"));
		this.scheduler.full = false;
		this.scheduler.run();
		assertThat(this.signals).containsExactlyInAnyOrder("error RejectedExecutionException",
				"error RejectedExecutionException");
	}

	@Test
	void subscriberThatComesAfterARefusalIsWoken() {
		subscribe("a", this::nothing);
		this.scheduler.full = true;
		this.hub.publish("a", SseEvent.text("1"));
		this.scheduler.full = false;
		this.signals.clear();
		subscribe("a", this::nothing);
		this.hub.publish("a", SseEvent.text("2"));
		this.scheduler.run();
		assertThat(this.signals).containsExactly("next 2", "end of next");
	}

	@Test
	void subscriberWhoseFirstRequestIsRefusedGetsItsSubscriptionBeforeItsError() {
		this.scheduler.full = true;
		this.hub.subscribe("a").subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				RefusedTaskTests.this.signals.add("subscription");
				subscription.request(1);
				RefusedTaskTests.this.signals.add("end of subscription");
			}

			@Override
			public void onNext(SseEvent event) {
			}

			@Override
			public void onError(Throwable ex) {
				RefusedTaskTests.this.signals.add("error " + ex.getClass().getSimpleName());
			}

			@Override
			public void onComplete() {
			}

		});
		assertThat(this.signals).containsExactly("subscription", "end of subscription",
				"error RejectedExecutionException");
	}

	@Test
	void publishToASubscriberThatHasNoSubscriptionYetFailsItLater() {
		this.hub.subscribe("a").subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				RefusedTaskTests.this.scheduler.full = true;
				subscribe("b", () -> {
				});
				RefusedTaskTests.this.signals.clear();
				onAnotherThread(() -> RefusedTaskTests.this.hub.publish("b", SseEvent.text("1")));
				RefusedTaskTests.this.signals.add("end of subscription");
			}

			@Override
			protected void hookOnError(Throwable ex) {
				RefusedTaskTests.this.signals.add("error " + ex.getClass().getSimpleName());
			}

		});
		assertThat(this.signals).containsExactly("end of subscription", "error RejectedExecutionException");
	}

	@Test
	void fusedSubscriberIsNotFailedBesideASignal() {
		this.hub.subscribe("a").subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				((Fuseable.QueueSubscription<?>) subscription).requestFusion(Fuseable.ASYNC);
			}

			@Override
			public void onNext(SseEvent event) {
				RefusedTaskTests.this.signals.add("next");
				RefusedTaskTests.this.scheduler.full = true;
				onAnotherThread(() -> RefusedTaskTests.this.hub.publish("a", SseEvent.text("2")));
				RefusedTaskTests.this.signals.add("end of next");
			}

			@Override
			public void onError(Throwable ex) {
				RefusedTaskTests.this.signals.add("error " + ex.getClass().getSimpleName());
			}

			@Override
			public void onComplete() {
			}

		});
		this.scheduler.run();
		assertThat(this.signals).containsExactly("next", "end of next", "error RejectedExecutionException");
	}

	@Test
	void subscriberWhoseLeavingIsRefusedIsForgottenAtTheNextWakeUp() {
		BaseSubscriber<SseEvent> leaving = subscribe("a", this::nothing);
		subscribe("a", this::nothing);
		this.scheduler.full = true;
		leaving.cancel();
		this.scheduler.full = false;
		assertThat(this.hub.snapshot().subscribers()).isEqualTo(1);
		this.hub.publish("a", SseEvent.text("1"));
		this.scheduler.run();
		assertThat(this.signals).containsExactly("next 1", "end of next");
	}

	@Test
	void workerIsLetGoAlsoWhenItRefusesTheTaskToDoSo() {
		subscribe("a", this::nothing);
		this.scheduler.full = true;
		this.hub.publish("a", SseEvent.text("1"));
		assertThat(this.signals).containsExactly("error RejectedExecutionException");
		assertThat(this.scheduler.workers).hasValue(0);
	}

	/**
	 * A scheduler with one queue that may be full. A test runs its tasks.
	 */
	private static final class FullScheduler implements Scheduler {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private final AtomicInteger workers = new AtomicInteger();

		private volatile boolean full;

		private Runnable beforeRefusal = () -> {
		};

		void run() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

		@Override
		public Disposable schedule(Runnable task) {
			if (this.full) {
				Runnable before = this.beforeRefusal;
				this.beforeRefusal = () -> {
				};
				before.run();
				throw new RejectedExecutionException("full");
			}
			this.tasks.add(task);
			return Disposables.disposed();
		}

		@Override
		public Worker createWorker() {
			this.workers.incrementAndGet();
			return new Worker() {

				@Override
				public Disposable schedule(Runnable task) {
					return FullScheduler.this.schedule(task);
				}

				@Override
				public void dispose() {
					FullScheduler.this.workers.decrementAndGet();
				}

			};
		}

	}

}
