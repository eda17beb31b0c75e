package io.github.sse4spring.hub;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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

	/*
	 * Everything that is not volatile or atomic is used on one thread at a time: by poll,
	 * which a fused consumer calls on the loop, or else by the pump, which whoever raises
	 * "pumping" from zero runs until nobody has raised it meanwhile. It is the loop in
	 * any case, unless the loop is the thread of the caller.
	 *
	 * There is no queue. Where to read next is all the state, so a publisher does nothing
	 * for a subscriber but wake it, and a subscriber that does not read costs nothing.
	 */
	private final DefaultSseHub hub;

	private final SseSubscription description;

	private final CoreSubscriber<? super SseEvent> actual;

	private final @Nullable SseStream stream;

	private final Waker waker;

	private final int bufferSize;

	private final SseLagPolicy lagPolicy;

	private final AtomicLong requested = new AtomicLong();

	private final AtomicInteger pumping = new AtomicInteger();

	private final AtomicBoolean left = new AtomicBoolean();

	private final Queue<SseEvent> notices = new ConcurrentLinkedQueue<>();

	private List<Cursor> cursors = List.of();

	/** Read by whoever comes next on the stream, on any thread. */
	private volatile String position = "";

	private long startTail;

	private boolean caughtUp;

	private long missed;

	private @Nullable SseEvent held;

	private boolean fused;

	private volatile boolean ended;

	HubSubscription(DefaultSseHub hub, SseSubscription description, CoreSubscriber<? super SseEvent> actual,
			@Nullable SseStream stream, Waker waker) {
		this.hub = hub;
		this.description = description;
		this.actual = actual;
		this.stream = stream;
		this.waker = waker;
		HubSettings settings = hub.settings();
		Integer bufferSize = description.bufferSize();
		this.bufferSize = (bufferSize != null) ? bufferSize : settings.bufferSize();
		SseLagPolicy lagPolicy = description.lagPolicy();
		this.lagPolicy = (lagPolicy != null) ? lagPolicy : settings.lagPolicy();
	}

	SseSubscription description() {
		return this.description;
	}

	int bufferSize() {
		return this.bufferSize;
	}

	Waker waker() {
		return this.waker;
	}

	List<Cursor> cursors() {
		return this.cursors;
	}

	/** Under the lock of the hub, before anything else happens. */
	void startAt(List<Cursor> cursors, Position position, @Nullable String gap, long tail) {
		this.cursors = List.copyOf(cursors);
		this.position = position.toString();
		this.startTail = tail;
		if (gap != null) {
			tell(Notices.gap(gap, position));
		}
	}

	private void tell(SseEvent notice) {
		if (this.description.hasNotices() || (this.stream != null && this.description.resumes())) {
			this.notices.add(notice);
		}
		else if (this.stream != null) {
			this.stream.write(notice.withoutId());
		}
	}

	/** After the lock: become a member of the groups, and look at what is there. */
	void join() {
		this.waker.execute(() -> {
			if (!this.left.get()) {
				this.cursors.forEach((cursor) -> cursor.group().add(cursor));
				awake();
			}
		});
	}

	/** On the loop: there may be something. */
	void awake() {
		if (this.fused) {
			if (!this.ended) {
				this.actual.onNext(null);
			}
		}
		else {
			pump();
		}
	}

	@Override
	public void request(long n) {
		if (n <= 0) {
			this.waker.execute(() -> fail(new IllegalArgumentException(
					"request must be more than zero but is " + n + " (Reactive Streams, rule 3.9)")));
		}
		else if (!this.fused) {
			this.requested.accumulateAndGet(n, Operators::addCap);
			this.waker.execute(this::pump);
		}
	}

	@Override
	public void cancel() {
		if (leave()) {
			this.hub.listeners().tell((listener) -> listener.onCancel(this.description));
		}
	}

	private void pump() {
		if (this.pumping.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		while (seen != 0) {
			try {
				emitWhileDemanded();
			}
			catch (Throwable ex) {
				Exceptions.throwIfFatal(ex);
				fail(ex);
			}
			seen = this.pumping.addAndGet(-seen);
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
			completeIfNothingIsLeft();
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
			this.position = event.id();
		}
		return event;
	}

	private @Nullable SseEvent pollNoticeOfFlux() {
		return this.description.hasNotices() ? this.notices.poll() : null;
	}

	private @Nullable SseEvent next() {
		while (!this.ended) {
			boolean closed = this.hub.isClosed();
			long tail = this.hub.tail();
			Cursor cursor = first(tail);
			Slot slot = (cursor != null) ? cursor.peek(tail) : null;
			if (cursor == null) {
				this.caughtUp = true;
				completeIfAtEnd(closed);
				return null;
			}
			if (slot == null) {
				// Evicted since: the next round finds that it has lagged.
				continue;
			}
			if (!this.caughtUp && slot.sequence() - this.startTail >= 0) {
				this.caughtUp = true;
				continue;
			}
			cursor.take(slot);
			SseEvent event = handOver(slot);
			if (event != null) {
				return event;
			}
		}
		return null;
	}

	private @Nullable SseEvent handOver(Slot slot) {
		SseEvent event = slot.event();
		if (event == null) {
			return null;
		}
		if (this.missed > 0) {
			tell(Notices.lag(this.missed, this.hub.positionAt(slot.sequence() - 1)));
			this.missed = 0;
		}
		if (!this.description.takes(event)) {
			this.position = String.valueOf(event.id());
			return null;
		}
		return this.description.resumes() ? event : event.withoutId();
	}

	/**
	 * The cursor whose next slot is the first in the log, after those that have lagged
	 * were dealt with and those at the end of their topic have ended.
	 */
	private @Nullable Cursor first(long tail) {
		Cursor first = null;
		long firstSequence = 0;
		for (Cursor cursor : this.cursors) {
			Slot slot = peek(cursor, tail);
			if (this.ended) {
				return null;
			}
			if (slot != null && (first == null || slot.sequence() - firstSequence < 0)) {
				first = cursor;
				firstSequence = slot.sequence();
			}
		}
		return first;
	}

	/**
	 * The next slot of one topic. What was evicted between two looks must not be taken
	 * for absent: events of other topics behind it would be handed over, and with their
	 * ids the position would pass a hole that was not told.
	 */
	private @Nullable Slot peek(Cursor cursor, long tail) {
		Slot slot = null;
		boolean again = !cursor.hasEnded();
		while (again) {
			if (hasLagged(cursor)) {
				lagged(cursor);
			}
			endIfAtEnd(cursor, tail);
			slot = cursor.hasEnded() ? null : cursor.peek(tail);
			again = slot == null && !this.ended && !cursor.hasEnded() && cursor.isOvertaken();
		}
		return slot;
	}

	private static void endIfAtEnd(Cursor cursor, long tail) {
		Slot slot = cursor.hasEnded() ? null : cursor.peek(tail);
		if (slot != null && slot.isEnd()) {
			cursor.take(slot);
			cursor.setEnded();
		}
	}

	private boolean hasLagged(Cursor cursor) {
		return cursor.isOvertaken() || (this.caughtUp && cursor.lag() > this.bufferSize);
	}

	private void lagged(Cursor cursor) {
		long behind = cursor.lag();
		switch (this.lagPolicy) {
			case SKIP -> skip(cursor, this.caughtUp ? Math.max(1, this.bufferSize / 2) : behind);
			case SKIP_TO_LATEST -> skip(cursor, this.caughtUp ? 1 : behind);
			case DISCONNECT -> {
				tellLag(behind);
				disconnect();
			}
			case FAIL -> {
				tellLag(behind);
				fail(new SseLagException(this.description.topics(), behind));
			}
		}
	}

	private void skip(Cursor cursor, long behind) {
		long skipped = cursor.skipTo(behind);
		if (skipped > 0) {
			this.missed += skipped;
			tellLag(skipped);
		}
	}

	private void tellLag(long missed) {
		this.hub.listeners().tell((listener) -> listener.onLag(this.description, missed));
	}

	/** Without demand: the end needs none, and nothing else may be decided yet. */
	private void completeIfNothingIsLeft() {
		boolean closed = this.hub.isClosed();
		long tail = this.hub.tail();
		this.cursors.forEach((cursor) -> endIfAtEnd(cursor, tail));
		boolean nothing = this.cursors.stream().allMatch((cursor) -> cursor.hasEnded() || cursor.lag() == 0);
		if (nothing) {
			completeIfAtEnd(closed);
		}
	}

	private void completeIfAtEnd(boolean closed) {
		if (closed || this.cursors.stream().allMatch(Cursor::hasEnded)) {
			if (this.missed > 0) {
				tell(Notices.lag(this.missed, this.hub.positionAt(this.hub.tail() - 1)));
				this.missed = 0;
			}
			if (!this.description.hasNotices() || this.notices.isEmpty()) {
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
	 * The stream cancels what it ends; completion would tell the client not to come back.
	 */
	private void disconnect() {
		if (this.stream == null) {
			complete();
		}
		else if (!this.description.resumes()) {
			// Others may share this flux: each writer that the error reaches disconnects.
			fail(new SseLagException(this.description.topics(), 0));
		}
		else if (leave()) {
			this.stream.end();
		}
	}

	private boolean leave() {
		if (!this.left.compareAndSet(false, true)) {
			return false;
		}
		this.ended = true;
		this.hub.leave(this);
		this.waker.execute(() -> {
			for (Cursor cursor : this.cursors) {
				if (cursor.group().members().size() > cursor.place()
						&& cursor.group().members().get(cursor.place()) == cursor) {
					cursor.group().remove(cursor);
				}
			}
		});
		return true;
	}

	@Override
	public String position() {
		return this.position;
	}

	@Override
	public @Nullable SseEvent pollNotice() {
		return this.description.hasNotices() ? null : this.notices.poll();
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
		return this.ended || (this.held == null && this.cursors.stream().allMatch((cursor) -> cursor.lag() == 0));
	}

	@Override
	public void clear() {
		this.held = null;
		this.notices.clear();
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

}
