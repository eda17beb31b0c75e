package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;

/**
 * One subscriber: a cursor into the ring of each of its topics.
 */
final class HubSubscription implements Fuseable.QueueSubscription<SseEvent>, SseStream.Source, Scannable {

	/** How long missed events wait for one that follows before they are told alone. */
	private static final Duration QUIET_LAG = Duration.ofMillis(500);

	/*
	 * Everything that is not volatile or atomic is used on one thread at a time: by poll,
	 * which a fused consumer calls where it likes, or else by the pump. The thread that
	 * raises "pumping" from zero runs the pump until no other has raised it meanwhile.
	 * Every signal but those of poll comes from the pump, so none comes beside another.
	 * The pump runs on the loop, with one exception: where the loop has refused a task,
	 * "failure" is set first, and then the thread that was refused may run a pump, which
	 * does nothing but signal the failure.
	 *
	 * There is no queue. Where to read next is all the state, so a publisher does nothing
	 * for a subscriber but wake it, and a subscriber that does not read costs nothing.
	 */
	private final DefaultSseHub hub;

	private final SseSubscription description;

	private final CoreSubscriber<? super SseEvent> actual;

	private final @Nullable SseStream stream;

	private final LoopDispatcher dispatcher;

	private final AtomicLong requested = new AtomicLong();

	private final AtomicInteger pumping = new AtomicInteger();

	private final AtomicBoolean left = new AtomicBoolean();

	private final Queue<SseEvent> notices = new ConcurrentLinkedQueue<>();

	/** Whether notices are for the flux, and not for the writer of a stream. */
	private final boolean noticesInFlux;

	private final TopicMerger merger;

	/** The id of what was handed over last; read on any thread. */
	private volatile String handedOver = "";

	/** What was left out since, if anything was; read on any thread. */
	private volatile @Nullable LeftOut leftOut;

	/** Is given the id of what is handed over, before it is. */
	private @Nullable Consumer<String> handOvers;

	private long missed;

	/** Whether it will be looked at again if missed events wait for one that follows. */
	private volatile boolean quietLagWaits;

	/** Whether they have waited for long enough. */
	private volatile boolean quietLagIsDue;

	private @Nullable SseEvent held;

	private boolean fused;

	/** Whether the subscriber has its subscription; it gets no signal before. */
	private volatile boolean subscribed;

	/** Where it reads, once it was placed; for those that only look. */
	private volatile List<Cursor> placed = List.of();

	/** Why it must end, if it must. */
	private volatile @Nullable Throwable failure;

	private volatile boolean ended;

	HubSubscription(DefaultSseHub hub, SseSubscription description, CoreSubscriber<? super SseEvent> actual,
			@Nullable SseStream stream, LoopDispatcher dispatcher) {
		this.hub = hub;
		this.description = description;
		this.actual = actual;
		this.stream = stream;
		this.dispatcher = dispatcher;
		this.noticesInFlux = (stream != null && !description.resumes())
				? description.hasNotices() || !stream.isOnlyOneBehind(actual)
				: description.hasNotices() && stream == null;
		this.merger = new TopicMerger(hub);
	}

	SseSubscription description() {
		return this.description;
	}

	LoopDispatcher dispatcher() {
		return this.dispatcher;
	}

	List<Cursor> cursors() {
		return this.merger.cursors();
	}

	/** On any thread: where it reads, nothing until it has been placed. */
	List<Cursor> placed() {
		return this.placed;
	}

	/** Before the subscription is visible to other threads. */
	void startAt(StartLocator start) {
		this.merger.startAt(start.cursors(), start.tail());
		this.placed = start.cursors();
		this.handedOver = start.position().toString();
		if (start.gap() != null) {
			tell(Notices.gap(start.gap(), start.position()));
		}
	}

	/** Before anything is handed over. */
	void handOverTo(@Nullable Consumer<String> handOvers) {
		this.handOvers = handOvers;
	}

	private void tell(SseEvent notice) {
		SseEvent told = this.description.resumes() ? notice : notice.withoutId();
		if (this.noticesInFlux) {
			this.notices.add(told);
		}
		else if (this.stream != null && this.description.resumes()) {
			this.notices.add(told);
			if (this.subscribed) {
				this.stream.wake();
			}
		}
		else if (this.stream != null) {
			this.stream.write(told);
		}
	}

	/** Join the groups, and look for events that were published meanwhile. */
	void join() {
		this.subscribed = true;
		execute(() -> {
			if (!this.left.get()) {
				cursors().forEach((cursor) -> cursor.group().add(cursor));
				pump();
			}
		});
		if (this.failure != null) {
			pump();
		}
	}

	private void execute(Runnable task) {
		if (!this.dispatcher.execute(task)) {
			refused();
		}
	}

	/** On any thread: the loop has refused a task, so that events may stay unseen. */
	void refused() {
		this.failure = new RejectedExecutionException("The scheduler of the hub takes no more tasks");
		// Either this thread or the one in join() sees the mark of the other.
		if (this.subscribed) {
			pump();
		}
	}

	@Override
	public void request(long n) {
		if (n <= 0) {
			this.failure = new IllegalArgumentException(
					"request must be more than zero but is " + n + " (Reactive Streams, rule 3.9)");
			execute(this::pump);
		}
		else if (!this.fused) {
			this.requested.accumulateAndGet(n, Operators::addCap);
			execute(this::pump);
		}
	}

	@Override
	public void cancel() {
		if (leave()) {
			this.hub.listeners().tell((listener) -> listener.onCancel(this.description));
		}
	}

	void pump() {
		if (this.pumping.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		while (seen != 0) {
			try {
				step();
			}
			catch (Throwable ex) {
				fail(ex);
				Exceptions.throwIfFatal(ex);
			}
			seen = this.pumping.addAndGet(-seen);
		}
	}

	private void step() {
		Throwable failure = this.failure;
		if (failure != null) {
			fail(failure);
		}
		else if (!this.fused) {
			emitWhileDemanded();
		}
		else if (!this.ended) {
			this.actual.onNext(null);
		}
	}

	private void emitWhileDemanded() {
		boolean more = true;
		while (more && this.requested.get() > 0 && !this.ended) {
			SseEvent event = poll();
			more = (event != null);
			if (event != null && !this.ended) {
				if (this.requested.get() != Long.MAX_VALUE) {
					this.requested.decrementAndGet();
				}
				this.actual.onNext(event);
			}
		}
		if (!this.ended && this.held == null) {
			this.merger.readEnd();
			completeIfAtEnd();
		}
	}

	@Override
	public @Nullable SseEvent poll() {
		SseEvent event = pollNoticeOfFlux();
		if (event == null) {
			event = (this.held != null) ? this.held : next();
			this.held = null;
			SseEvent notice = pollNoticeOfFlux();
			if (notice != null) {
				this.held = event;
				event = notice;
			}
		}
		if (event != null && event.id() != null) {
			if (this.handOvers != null && !this.ended) {
				this.handOvers.accept(event.id());
			}
			this.handedOver = event.id();
			if (this.leftOut != null) {
				this.leftOut = null;
			}
		}
		return event;
	}

	private @Nullable SseEvent pollNoticeOfFlux() {
		return this.noticesInFlux ? this.notices.poll() : null;
	}

	private @Nullable SseEvent next() {
		SseEvent event = null;
		while (event == null && !this.ended) {
			Slot slot = this.merger.next();
			addMissed(this.merger.takeSkipped());
			if (slot == null) {
				endIfOver();
				tellQuietLag();
				return null;
			}
			event = handOver(slot);
		}
		return event;
	}

	private @Nullable SseEvent handOver(Slot slot) {
		tellMissed(slot.sequence() - 1);
		SseEvent event = Objects.requireNonNull(slot.event());
		if (!this.description.takes(event)) {
			this.leftOut = new LeftOut(this.handedOver, Objects.requireNonNull(event.id()));
			return null;
		}
		return this.description.resumes() ? event : event.withoutId();
	}

	private void addMissed(long skipped) {
		if (skipped > 0) {
			this.missed += skipped;
			this.hub.missed(this.description, skipped);
		}
	}

	private void tellMissed(long upTo) {
		if (this.missed > 0) {
			this.quietLagIsDue = false;
			tell(Notices.lag(this.missed, this.hub.positionAt(upTo)));
			this.missed = 0;
		}
	}

	/**
	 * If no event follows, those that were missed are told within a second. Not at once,
	 * since more may be missed until then.
	 */
	private void tellQuietLag() {
		if (this.missed == 0 || this.ended) {
			return;
		}
		if (this.quietLagIsDue) {
			this.quietLagIsDue = false;
			String upTo = this.hub.positionAt(this.merger.readUpTo()).toString();
			tellMissed(this.merger.readUpTo());
			this.leftOut = new LeftOut(this.handedOver, upTo);
		}
		else if (!this.quietLagWaits) {
			this.quietLagWaits = true;
			this.hub.later(() -> execute(this::lookAtQuietLag), QUIET_LAG);
		}
	}

	private void lookAtQuietLag() {
		this.quietLagWaits = false;
		this.quietLagIsDue = true;
		pump();
	}

	private void endIfOver() {
		SseLagPolicy endedBy = this.merger.endedBy();
		if (endedBy != null) {
			this.hub.missed(this.description, 0);
			lagged(endedBy, new SseLagException(this.description.topics(), this.merger.behind()));
		}
		completeIfAtEnd();
	}

	private void completeIfAtEnd() {
		if (this.merger.isAtEnd()) {
			tellMissed(this.hub.tail() - 1);
			if (!this.noticesInFlux || this.notices.isEmpty()) {
				complete();
			}
		}
	}

	private void complete() {
		if (leave()) {
			this.actual.onComplete();
		}
	}

	private void fail(Throwable ex) {
		if (leave()) {
			this.actual.onError(ex);
		}
	}

	/**
	 * It should not go on. The stream cancels what it ends; completion would tell the
	 * client not to come back.
	 */
	private void lagged(SseLagPolicy policy, SseLagException lag) {
		boolean disconnect = (policy == SseLagPolicy.DISCONNECT);
		if (disconnect && this.stream == null) {
			complete();
		}
		else if (disconnect && this.stream != null && this.description.resumes()) {
			if (leave()) {
				this.stream.end();
			}
		}
		else {
			// Others may share a flux without resume: each writer that the error reaches
			// disconnects.
			fail(lag);
		}
	}

	private boolean leave() {
		if (!this.left.compareAndSet(false, true)) {
			return false;
		}
		this.ended = true;
		this.hub.leave(this);
		this.dispatcher.execute(() -> cursors().forEach((cursor) -> cursor.group().remove(cursor)));
		this.hub.release(this);
		return true;
	}

	@Override
	public String position() {
		LeftOut leftOut = this.leftOut;
		String handedOver = this.handedOver;
		return (leftOut != null && leftOut.after().equals(handedOver)) ? leftOut.upTo() : handedOver;
	}

	@Override
	public boolean hasHandedOverLast(String id) {
		return id.equals(this.handedOver);
	}

	@Override
	public @Nullable String positionAfter(String id) {
		// What was left out is read before what was handed over, so that nothing can have
		// been handed over between the two. An own id of a publisher may not be the only
		// one of its kind.
		LeftOut leftOut = this.leftOut;
		if (!id.equals(this.handedOver) || !Position.isShapeOf(id)) {
			return null;
		}
		return (leftOut != null && leftOut.after().equals(id)) ? leftOut.upTo() : id;
	}

	@Override
	public @Nullable SseEvent pollNotice() {
		return this.noticesInFlux ? null : this.notices.poll();
	}

	@Override
	public List<String> topics() {
		return this.description.topics();
	}

	@Override
	public boolean isPolled() {
		return this.fused;
	}

	@Override
	public boolean isLive() {
		return this.merger.isCaughtUp();
	}

	@Override
	public long lag() {
		return this.ended ? 0 : this.merger.lag();
	}

	@Override
	public boolean hasEnded() {
		return this.left.get();
	}

	@Override
	public int requestFusion(int requestedMode) {
		boolean barrier = (requestedMode & Fuseable.THREAD_BARRIER) != 0;
		this.fused = (requestedMode & Fuseable.ASYNC) != 0 && !barrier;
		return this.fused ? Fuseable.ASYNC : Fuseable.NONE;
	}

	@Override
	public int size() {
		return isEmpty() ? 0 : 1;
	}

	@Override
	public boolean isEmpty() {
		return this.ended || (this.held == null && this.merger.isEmpty());
	}

	@Override
	public void clear() {
		this.held = null;
		if (this.noticesInFlux) {
			this.notices.clear();
		}
		// The writer still has to tell the others: events behind them may have arrived.
	}

	@Override
	@SuppressWarnings("rawtypes")
	public @Nullable Object scanUnsafe(Attr key) {
		if (key == Attr.ACTUAL) {
			return this.actual;
		}
		if (key == Attr.CANCELLED || key == Attr.TERMINATED) {
			return this.ended;
		}
		if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
			return this.requested.get();
		}
		return (key == Attr.RUN_STYLE) ? Attr.RunStyle.SYNC : null;
	}

	/**
	 * What the filter of the description has left out.
	 *
	 * @param after the id of what was handed over before
	 * @param upTo the id of the last that was left out
	 */
	private record LeftOut(String after, String upTo) {

	}

}
