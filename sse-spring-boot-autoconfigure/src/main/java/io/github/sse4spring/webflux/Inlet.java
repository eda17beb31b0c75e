package io.github.sse4spring.webflux;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.Fuseable.QueueSubscription;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * Where the signals of the source, from whatever thread, cross to the loop of the stream.
 */
final class Inlet implements CoreSubscriber<SseEvent> {

	/*
	 * The thread of the source writes: the queue, then "done"; then it wakes the loop, by
	 * setting "woken" and, if it was not set, handing the loop a task. That task clears
	 * "woken" before anything is read, so whatever is written after the reading sets it
	 * again and gets a task of its own. Everything else here is used on the loop only.
	 *
	 * A source on the loop itself takes the same way: what it emits in one go is one
	 * batch. Only what it emits while the writer asks it to needs no task, since the
	 * writer looks again.
	 *
	 * Fusion: in SYNC mode the source is polled on the loop, which is where it would be
	 * asked to emit otherwise. ASYNC is asked for with THREAD_BARRIER, so that nobody's
	 * publishOn(..).map(..) finds its function moved to the loop.
	 */
	private static final int PREFETCH = 16;

	private static final int REFILL = PREFETCH - PREFETCH / 4;

	private final StreamWriter writer;

	private final Loop loop;

	private final Context context;

	private final AtomicBoolean woken = new AtomicBoolean();

	private @Nullable Subscription source;

	private Queue<SseEvent> queue = Queues.<SseEvent>empty().get();

	private int fusion = Fuseable.NONE;

	private int taken;

	private boolean cancelled;

	private @Nullable Throwable error;

	private volatile boolean done;

	Inlet(StreamWriter writer, Loop loop, Context context) {
		this.writer = writer;
		this.loop = loop;
		this.context = context;
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	@SuppressWarnings("unchecked")
	public void onSubscribe(Subscription subscription) {
		if (!Operators.validate(this.source, subscription)) {
			return;
		}
		if (subscription instanceof QueueSubscription) {
			fuse((QueueSubscription<SseEvent>) subscription);
		}
		if (this.fusion == Fuseable.NONE) {
			this.queue = Queues.<SseEvent>get(PREFETCH).get();
		}
		this.source = subscription;
		onLoop(this::begin);
	}

	private void fuse(QueueSubscription<SseEvent> subscription) {
		this.fusion = subscription.requestFusion(Fuseable.SYNC);
		if (this.fusion == Fuseable.NONE) {
			this.fusion = subscription.requestFusion(Fuseable.ASYNC | Fuseable.THREAD_BARRIER);
		}
		if (this.fusion != Fuseable.NONE) {
			this.queue = subscription;
		}
	}

	@Override
	public void onNext(@Nullable SseEvent event) {
		if (this.fusion == Fuseable.NONE && !this.queue.offer(Objects.requireNonNull(event))) {
			onError(new IllegalStateException("The source emitted more events than were requested"));
			return;
		}
		wake();
	}

	@Override
	public void onError(Throwable ex) {
		if (this.done) {
			Operators.onErrorDropped(ex, this.context);
			return;
		}
		this.error = ex;
		onComplete();
	}

	@Override
	public void onComplete() {
		this.done = true;
		wake();
	}

	private void wake() {
		if (this.loop.inLoop() && this.writer.isPumping()) {
			return;
		}
		if (this.woken.compareAndSet(false, true)) {
			onLoop(this::woken);
		}
	}

	private void onLoop(Runnable task) {
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The server is gone, and so is the connection.
			Objects.requireNonNull(this.source).cancel();
		}
	}

	private void woken() {
		this.woken.set(false);
		this.writer.pump();
	}

	private void begin() {
		if (this.cancelled) {
			Objects.requireNonNull(this.source).cancel();
		}
		else if (this.fusion != Fuseable.SYNC) {
			Objects.requireNonNull(this.source).request(PREFETCH);
		}
		this.writer.pump();
	}

	/** On the loop: take the next event that is waiting, if one is. */
	@Nullable SseEvent poll() {
		SseEvent event = this.queue.poll();
		if (this.fusion == Fuseable.SYNC) {
			this.done |= (event == null);
		}
		else if (event != null && ++this.taken == REFILL) {
			this.taken = 0;
			Objects.requireNonNull(this.source).request(REFILL);
		}
		return event;
	}

	/** On the loop: whether the source has ended and all of its events are taken. */
	boolean isExhausted() {
		return this.done && this.queue.isEmpty();
	}

	/** What the source ended with, once it has. */
	@Nullable Throwable error() {
		return this.error;
	}

	/** On the loop: take no more, and let go of what is waiting. */
	void cancel() {
		if (!this.cancelled) {
			this.cancelled = true;
			if (this.source != null) {
				this.source.cancel();
				this.queue.clear();
			}
		}
	}

}
