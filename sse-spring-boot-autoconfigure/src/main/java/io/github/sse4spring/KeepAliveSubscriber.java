package io.github.sse4spring;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Emits a comment after each interval of silence, where no stream does it.
 */
final class KeepAliveSubscriber implements CoreSubscriber<SseEvent>, Fuseable.QueueSubscription<SseEvent>, Scannable {

	/*
	 * Two threads may have something to emit, that of the source and that of the timer;
	 * requests and cancel come from a third. Each only leaves a mark (waiting,
	 * dueInterval, done, requested, cancelled) and enters the pump, which one of them
	 * runs at a time: whoever raises "pumping" from zero stays until no one has raised it
	 * meanwhile, and so sees every mark. What is not volatile belongs to the pump.
	 *
	 * A comment uses up demand that the source knows nothing of. So the source is asked
	 * for one event at a time, and that one waits here if a comment took the last demand.
	 */
	private final AtomicInteger pumping = new AtomicInteger();

	private final AtomicLong requested = new AtomicLong();

	private final CoreSubscriber<? super SseEvent> actual;

	private final Duration maxInterval;

	private final SseEvent comment;

	private final Scheduler.Worker timer = Schedulers.parallel().createWorker();

	private @Nullable Subscription source;

	private boolean asked;

	private boolean ended;

	private long interval;

	private Disposable tick = Disposables.disposed();

	private @Nullable Throwable error;

	private volatile @Nullable SseEvent waiting;

	private volatile long dueInterval;

	private volatile boolean done;

	private volatile boolean cancelled;

	KeepAliveSubscriber(CoreSubscriber<? super SseEvent> actual, Duration maxInterval, SseEvent comment) {
		this.actual = actual;
		this.maxInterval = maxInterval;
		this.comment = comment;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (Operators.validate(this.source, subscription)) {
			this.source = subscription;
			// Held until the subscriber has its subscription: a request made by then
			// waits.
			this.pumping.set(1);
			startInterval();
			this.actual.onSubscribe(this);
			pumpUntilDone();
		}
	}

	@Override
	public void onNext(SseEvent event) {
		this.waiting = event;
		pump();
	}

	@Override
	public void onError(Throwable ex) {
		if (this.done) {
			Operators.onErrorDropped(ex, currentContext());
			return;
		}
		this.error = ex;
		onComplete();
	}

	@Override
	public void onComplete() {
		this.done = true;
		pump();
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			this.requested.accumulateAndGet(n, Operators::addCap);
			pump();
		}
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		pump();
	}

	private void pump() {
		if (this.pumping.getAndIncrement() == 0) {
			pumpUntilDone();
		}
	}

	private void pumpUntilDone() {
		int seen = 1;
		while (seen != 0) {
			boolean more = true;
			while (more) {
				more = !this.ended && step();
			}
			seen = this.pumping.addAndGet(-seen);
		}
	}

	/**
	 * Does the one thing that is next.
	 * @return whether there may be another
	 */
	private boolean step() {
		SseEvent event = this.waiting;
		if (this.cancelled) {
			end();
			requiredSource().cancel();
		}
		else if (event == null && this.done && this.waiting == null) {
			end();
			signalEnd();
		}
		else if (this.requested.get() > 0) {
			return demanded(event);
		}
		return false;
	}

	private boolean demanded(@Nullable SseEvent event) {
		if (event != null) {
			this.waiting = null;
			this.asked = false;
			emit(event);
		}
		else if (!this.asked) {
			this.asked = true;
			requiredSource().request(1);
		}
		else if (this.dueInterval == this.interval) {
			emit(this.comment);
		}
		else {
			return false;
		}
		return true;
	}

	private void emit(SseEvent event) {
		startInterval();
		if (this.requested.get() != Long.MAX_VALUE) {
			this.requested.decrementAndGet();
		}
		this.actual.onNext(event);
	}

	private void startInterval() {
		this.tick.dispose();
		long started = ++this.interval;
		this.tick = this.timer.schedule(() -> {
			this.dueInterval = started;
			pump();
		}, this.maxInterval.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void end() {
		this.ended = true;
		this.waiting = null;
		this.timer.dispose();
	}

	private void signalEnd() {
		if (this.error != null) {
			this.actual.onError(this.error);
		}
		else {
			this.actual.onComplete();
		}
	}

	private Subscription requiredSource() {
		return Objects.requireNonNull(this.source);
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	@SuppressWarnings("rawtypes")
	public @Nullable Object scanUnsafe(Attr key) {
		if (key == Attr.PARENT) {
			return this.source;
		}
		if (key == Attr.ACTUAL) {
			return this.actual;
		}
		return (key == Attr.RUN_STYLE) ? Attr.RunStyle.ASYNC : null;
	}

	// Fusion is refused, so that the queue below is never used: a source may look
	// fuseable
	// from outside, and then operators expect a subscription of this type.

	@Override
	public int requestFusion(int requestedMode) {
		return Fuseable.NONE;
	}

	@Override
	public @Nullable SseEvent poll() {
		return null;
	}

	@Override
	public int size() {
		return 0;
	}

	@Override
	public boolean isEmpty() {
		return true;
	}

	@Override
	public void clear() {
	}

}
