package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import reactor.core.Fuseable;
import reactor.core.Scannable;

/**
 * The subscription of one subscriber, and the source of its stream.
 */
final class HubSubscription implements Fuseable.QueueSubscription<SseEvent>, SseStream.Source, Scannable, Wakeable,
		SubscriptionReader.Owner {

	/*
	 * A subscription has no queue of events. It reads events from the rings through its
	 * cursors. So a publisher only wakes it, and the events that a slow subscription has
	 * not read are not copied.
	 */
	private final HubSubscriber subscriber;

	private final SseSubscription description;

	private final LoopDispatcher dispatcher;

	private final Listeners listeners;

	private final DelayedTasks delayedTasks;

	/** Called once, when the subscription has ended. */
	private final Consumer<HubSubscription> onLeave;

	private final SubscriptionNotices notices;

	private final SourcePosition position = new SourcePosition();

	private final SubscriptionReader reader;

	private final SubscriptionPump pump;

	private final AtomicBoolean left = new AtomicBoolean();

	/**
	 * Whether {@code onSubscribe} has returned. If the loop refuses a task before that,
	 * {@link #join()} signals the failure.
	 */
	private volatile boolean subscribed;

	/** Empty until the start of the subscription was determined. */
	private volatile List<Cursor> cursors = List.of();

	HubSubscription(HubSubscriber subscriber, LoopDispatcher dispatcher, ReadableLog log, Listeners listeners,
			DelayedTasks delayedTasks, Consumer<HubSubscription> onLeave) {
		this.subscriber = subscriber;
		this.description = subscriber.description();
		this.dispatcher = dispatcher;
		this.listeners = listeners;
		this.delayedTasks = delayedTasks;
		this.onLeave = onLeave;
		this.notices = new SubscriptionNotices(subscriber);
		LagNotices lagNotices = new LagNotices(this.description, log, listeners, this.notices);
		this.reader = new SubscriptionReader(this.description, log, this, this.notices, lagNotices, this.position);
		this.pump = new SubscriptionPump(subscriber.actual(), this.reader, this::leave);
	}

	LoopDispatcher dispatcher() {
		return this.dispatcher;
	}

	/**
	 * On any thread: return the cursors. The list is empty until the start of the
	 * subscription was determined.
	 */
	List<Cursor> cursors() {
		return this.cursors;
	}

	/**
	 * Set the start of the subscription. Called before {@code onSubscribe}. Until then
	 * other threads call only {@link #cursors()} and {@link #refused()}.
	 */
	void startAt(StartLocator start) {
		this.reader.startAt(start.cursors(), start.tail());
		this.cursors = start.cursors();
		this.position.handOver(start.position().toString());
		if (start.gap() != null) {
			this.notices.add(Notices.gap(start.gap(), start.position()));
		}
	}

	/**
	 * Set the consumer that receives the id of each event before the event is handed
	 * over. Called before the first event is read.
	 */
	void handOverTo(@Nullable Consumer<String> handOvers) {
		this.reader.handOverTo(handOvers);
	}

	/**
	 * Join the wake groups of the topics, then read the events that were published before
	 * the subscription had joined.
	 */
	void join() {
		this.notices.subscribed();
		this.subscribed = true;
		execute(() -> {
			if (!this.left.get()) {
				this.cursors.forEach((cursor) -> cursor.member().join());
				wake();
			}
		});
		if (this.pump.hasFailure()) {
			wake();
		}
	}

	private void execute(Runnable task) {
		if (!this.dispatcher.execute(task)) {
			refused();
		}
	}

	@Override
	public void refused() {
		this.pump.setFailure(
				new RejectedExecutionException("The event loop or scheduler of the subscription has refused a task"));
		// Either this thread sees "subscribed", or the thread in join() sees the failure.
		if (this.subscribed) {
			wake();
		}
	}

	@Override
	public void request(long n) {
		if (n <= 0) {
			this.pump.setFailure(new IllegalArgumentException(
					"request must be more than zero but is " + n + " (Reactive Streams, rule 3.9)"));
			execute(this::wake);
		}
		else if (!this.pump.isFused()) {
			this.pump.addDemand(n);
			execute(this::wake);
		}
	}

	@Override
	public void cancel() {
		if (leave()) {
			this.listeners.tell((listener) -> listener.onCancel(this.description));
		}
	}

	@Override
	public void wake() {
		this.pump.run();
	}

	@Override
	public @Nullable SseEvent poll() {
		return this.reader.poll();
	}

	@Override
	public void nothingLeft() {
		SseLagPolicy endedBy = this.reader.endedByLag();
		if (endedBy != null) {
			this.listeners.tell((listener) -> listener.onLag(this.description, 0));
			lagged(endedBy);
		}
		this.pump.completeIfAtEnd();
	}

	@Override
	public void lookAgainAfter(Duration delay) {
		this.delayedTasks.run(() -> execute(() -> {
			this.reader.quietTimePassed();
			wake();
		}), delay);
	}

	/**
	 * End the subscription, since it has lagged under {@link SseLagPolicy#DISCONNECT} or
	 * {@link SseLagPolicy#FAIL}. With DISCONNECT, the stream is ended and the flux is not
	 * completed. Completion would tell the client not to reconnect.
	 */
	private void lagged(SseLagPolicy policy) {
		SseStream stream = this.subscriber.stream();
		boolean disconnect = (policy == SseLagPolicy.DISCONNECT);
		if (disconnect && stream == null) {
			this.pump.complete();
		}
		else if (disconnect && stream != null && this.description.resumes()) {
			if (leave()) {
				stream.end();
			}
		}
		else {
			// Several streams may share a flux without resume. Each of their writers
			// disconnects when it receives this error.
			this.pump.fail(this.reader.lagException());
		}
	}

	private boolean leave() {
		if (!this.left.compareAndSet(false, true)) {
			return false;
		}
		this.reader.end();
		this.onLeave.accept(this);
		return true;
	}

	@Override
	public SseStream.Progress progress() {
		return this.position.progress();
	}

	@Override
	public @Nullable SseEvent pollNotice() {
		return this.notices.pollForStream();
	}

	@Override
	public boolean isPolled() {
		return this.pump.isFused();
	}

	@Override
	public SseStream.Display display() {
		return this.reader;
	}

	@Override
	public boolean hasEnded() {
		return this.left.get();
	}

	@Override
	public int requestFusion(int requestedMode) {
		return this.pump.requestFusion(requestedMode);
	}

	@Override
	public int size() {
		return isEmpty() ? 0 : 1;
	}

	@Override
	public boolean isEmpty() {
		return this.reader.isEmpty();
	}

	@Override
	public void clear() {
		this.reader.clear();
	}

	@Override
	@SuppressWarnings("rawtypes")
	public @Nullable Object scanUnsafe(Attr key) {
		if (key == Attr.ACTUAL) {
			return this.subscriber.actual();
		}
		if (key == Attr.CANCELLED || key == Attr.TERMINATED) {
			return this.reader.hasEnded();
		}
		if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
			return this.pump.demand();
		}
		return (key == Attr.RUN_STYLE) ? Attr.RunStyle.SYNC : null;
	}

}
