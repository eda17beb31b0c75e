package io.github.sse4spring.hub;

import java.util.List;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics of one subscription in the order of the log, and detects lag. Used by
 * one thread at a time; any thread may read the lag.
 */
final class TopicMerger {

	/*
	 * The tail is loaded once for each entry, so the entries read are a prefix of the
	 * log. A slot that is evicted while the cursors are compared must not be taken for
	 * absent: events of other topics behind it would be handed over, and their ids would
	 * move the position past a hole without a notice. So the cursors are checked once
	 * more after the comparison, and the slot that was found counts only if none was
	 * overtaken.
	 */
	private final ReadableLog log;

	private List<Cursor> cursors = List.of();

	/** The tail of the log when the subscription started. */
	private long startTail;

	/** Every event up to this sequence was read or missed. */
	private long readUpTo;

	private boolean caughtUp;

	private boolean atEnd;

	private long skipped;

	/** The cursor that has lagged under a policy that does not go on. */
	private @Nullable Cursor lagged;

	private long behind;

	TopicMerger(ReadableLog log) {
		this.log = log;
	}

	/** Before anything else: read from the positions of these cursors. */
	void startAt(List<Cursor> cursors, long tail) {
		this.cursors = cursors;
		this.startTail = tail;
	}

	List<Cursor> cursors() {
		return this.cursors;
	}

	/** Whether the end was read, so that no event follows. */
	boolean isAtEnd() {
		return this.atEnd;
	}

	/** Whether the tail of the start was reached once. */
	boolean isCaughtUp() {
		return this.caughtUp;
	}

	/**
	 * The sequence up to which nothing is left, once {@link #next()} has found nothing.
	 */
	long readUpTo() {
		return this.readUpTo;
	}

	/** Return how many events were skipped since the last call. */
	long takeSkipped() {
		long skipped = this.skipped;
		this.skipped = 0;
		return skipped;
	}

	/**
	 * The policy under which a topic has lagged so that the subscription must not go on.
	 * @return {@code null} while it may go on
	 */
	@Nullable SseLagPolicy endedBy() {
		return (this.lagged != null) ? this.lagged.lagPolicy() : null;
	}

	/** How many events of that topic the subscription was behind. */
	long behind() {
		return this.behind;
	}

	/**
	 * Read the next event.
	 * @return its slot, or {@code null} if there is none now, at the end, and after a lag
	 * under a policy that does not go on
	 */
	@Nullable Slot next() {
		while (!this.atEnd) {
			boolean closed = this.log.isClosed();
			long tail = this.log.tail();
			if (hasLagged()) {
				return null;
			}
			Cursor first = first(tail);
			Slot slot = (first != null) ? first.peek(tail) : null;
			if (isOvertaken()) {
				continue;
			}
			if (first == null || slot == null) {
				this.caughtUp = true;
				this.readUpTo = tail - 1;
				this.atEnd = closed || hasEnded();
				return null;
			}
			if (!this.caughtUp && slot.sequence() >= this.startTail) {
				this.caughtUp = true;
				continue;
			}
			first.take(slot);
			if (!slot.isEnd()) {
				return slot;
			}
			this.atEnd = hasEnded();
		}
		return null;
	}

	/**
	 * Read the end of the subscription if no event is left before it. Unlike an event,
	 * the end needs no demand.
	 */
	void readEnd() {
		while (!this.atEnd) {
			boolean closed = this.log.isClosed();
			long tail = this.log.tail();
			Cursor first = first(tail);
			Slot slot = (first != null) ? first.peek(tail) : null;
			if (isOvertaken() || (slot != null && !slot.isEnd())) {
				return;
			}
			if (first == null || slot == null) {
				this.atEnd = closed || hasEnded();
				return;
			}
			first.take(slot);
			this.atEnd = hasEnded();
		}
	}

	/** Whether there is nothing to read now. */
	boolean isEmpty() {
		return this.cursors.stream().allMatch((cursor) -> cursor.lag() == 0);
	}

	/**
	 * On any thread: how many events the subscription is behind, of all topics. The
	 * number may be a little old.
	 */
	long lag() {
		long lag = 0;
		for (Cursor cursor : this.cursors) {
			lag += Math.max(0, cursor.lag());
		}
		return lag;
	}

	private boolean hasEnded() {
		for (Cursor cursor : this.cursors) {
			if (!cursor.hasEnded()) {
				return false;
			}
		}
		return true;
	}

	private boolean isOvertaken() {
		for (Cursor cursor : this.cursors) {
			if (cursor.isOvertaken()) {
				return true;
			}
		}
		return false;
	}

	/** The cursor whose next slot has the lowest sequence. */
	private @Nullable Cursor first(long tail) {
		Cursor first = null;
		long firstSequence = 0;
		for (Cursor cursor : this.cursors) {
			Slot slot = cursor.peek(tail);
			if (slot != null && (first == null || slot.sequence() < firstSequence)) {
				first = cursor;
				firstSequence = slot.sequence();
			}
		}
		return first;
	}

	/**
	 * Move the cursors that have lagged, if their policy goes on.
	 * @return whether a cursor has lagged under a policy that does not go on
	 */
	private boolean hasLagged() {
		for (Cursor cursor : this.cursors) {
			boolean tooFar = this.caughtUp && cursor.isTooFarBehind();
			if (tooFar || cursor.isOvertaken()) {
				lagged(cursor, tooFar);
			}
		}
		return this.lagged != null;
	}

	private void lagged(Cursor cursor, boolean tooFar) {
		long lag = cursor.lag();
		long skipped = cursor.skipTo(this.caughtUp ? keptWhenLagged(cursor, lag) : lag);
		if (cursor.lagPolicy() == SseLagPolicy.SKIP || cursor.lagPolicy() == SseLagPolicy.SKIP_TO_LATEST) {
			this.skipped += skipped;
		}
		else if (tooFar || skipped > 0) {
			this.lagged = cursor;
			this.behind = lag;
		}
	}

	private static long keptWhenLagged(Cursor cursor, long lag) {
		return switch (cursor.lagPolicy()) {
			case SKIP -> Math.max(1, cursor.bufferSize() / 2);
			case SKIP_TO_LATEST -> 1;
			case DISCONNECT, FAIL -> lag;
		};
	}

}
