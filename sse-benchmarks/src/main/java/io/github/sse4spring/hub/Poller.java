package io.github.sse4spring.hub;

import java.util.Objects;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.Fuseable.QueueSubscription;
import reactor.core.scheduler.Schedulers;

/**
 * A subscriber that polls, as the writer of a stream does.
 */
final class Poller implements CoreSubscriber<SseEvent> {

	private @Nullable QueueSubscription<SseEvent> subscription;

	private long received;

	private long missed;

	private long last;

	private boolean ordered = true;

	private volatile boolean completed;

	private final boolean whenTold;

	private Poller(boolean whenTold) {
		this.whenTold = whenTold;
	}

	static SseHub hub(int retained) {
		return SseHubBuilder.create()
			.scheduler(Schedulers.immediate())
			.replaySize(retained)
			.bufferSize(Math.max(1, retained))
			.build();
	}

	/** Create a subscriber that polls in {@link #pollAll()} only. */
	static Poller of(SseHub hub, SseSubscription subscription) {
		return subscribed(new Poller(false), hub, subscription);
	}

	/** Create a subscriber that polls whenever it is woken. */
	static Poller whenTold(SseHub hub, SseSubscription subscription) {
		return subscribed(new Poller(true), hub, subscription);
	}

	private static Poller subscribed(Poller poller, SseHub hub, SseSubscription subscription) {
		hub.subscribe(subscription.withNotices()).subscribe(poller);
		return poller;
	}

	@Override
	@SuppressWarnings("unchecked")
	public void onSubscribe(Subscription subscription) {
		this.subscription = (QueueSubscription<SseEvent>) subscription;
		this.subscription.requestFusion(Fuseable.ASYNC);
	}

	@Override
	public void onNext(@Nullable SseEvent event) {
		if (this.whenTold) {
			pollAll();
		}
	}

	@Override
	public void onError(Throwable ex) {
		this.completed = true;
	}

	@Override
	public void onComplete() {
		this.completed = true;
	}

	void cancel() {
		Objects.requireNonNull(this.subscription).cancel();
	}

	/** Poll until nothing is left. */
	void pollAll() {
		QueueSubscription<SseEvent> subscription = Objects.requireNonNull(this.subscription);
		SseEvent event = subscription.poll();
		while (event != null) {
			take(event);
			event = subscription.poll();
		}
	}

	private void take(SseEvent event) {
		if (event.isNotice()) {
			this.missed += Long.parseLong(String.valueOf(event.data()).replaceAll("[^0-9]", ""));
			return;
		}
		String id = String.valueOf(event.id());
		long sequence = Long.parseLong(id.substring(id.indexOf('-') + 1));
		this.ordered &= sequence > this.last;
		this.last = sequence;
		this.received++;
	}

	int received() {
		return (int) this.received;
	}

	/** Return how many events were received and missed, or -1 if the order was wrong. */
	int accounted() {
		return this.ordered ? (int) (this.received + this.missed) : -1;
	}

	boolean isCompleted() {
		return this.completed;
	}

}
