package io.github.sse4spring.hub;

import java.util.List;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics of one subscription in the order of the log, and finds out when it has
 * lagged. On the loop of the subscription only.
 */
final class TopicMerger {

	/*
	 * The tail is loaded once for each entry, so that what is read is a prefix of the
	 * log. What was evicted between two looks must not be taken for absent: events of
	 * other topics behind it would be handed over, and with their ids the position would
	 * pass a hole that was not told. So what was found counts only if no cursor is
	 * overtaken after all have been looked at.
	 */
	private final ReadableLog log;

	private List<Cursor> cursors = List.of();

	/** Where the log ended when the subscription started. */
	private long startTail;

	/** Everything up to this sequence was read or has been missed. */
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

	/** Before anything else: read from where these cursors are. */
	void startAt(List<Cursor> cursors, long tail) {
		this.cursors = cursors;
		this.startTail = tail;
	}

	List<Cursor> cursors() {
		return this.cursors;
	}

	/** Whether the end was read: nothing comes any more. */
	boolean isAtEnd() {
		return this.atEnd;
	}

	/** Whether it has once reached the tail that it found. */
	boolean isCaughtUp() {
		return this.caughtUp;
	}

	/**
	 * The sequence up to which nothing is left, once {@link #next()} has found nothing.
	 */
	long readUpTo() {
		return this.readUpTo;
	}

	/** How many events were skipped since this was asked last. */
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

	/** How many events of that topic it was behind. */
	long behind() {
		return this.behind;
	}

	/**
	 * Read the next event.
	 * @return its slot, or {@code null} if there is none now, at the end, or if it has
	 * lagged and should not go on
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
			if (!this.caughtUp && slot.sequence() - this.startTail >= 0) {
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
	 * Read what ends the subscription if nothing else is left, since that needs no
	 * demand.
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

	/** Whether there is certainly nothing to be read. */
	boolean isEmpty() {
		return this.cursors.stream().allMatch((cursor) -> cursor.lag() == 0);
	}

	/**
	 * How many events it is behind, of all topics: on any thread, perhaps a little old.
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

	/** The cursor whose next slot is the first in the log. */
	private @Nullable Cursor first(long tail) {
		Cursor first = null;
		long firstSequence = 0;
		for (Cursor cursor : this.cursors) {
			Slot slot = cursor.peek(tail);
			if (slot != null && (first == null || slot.sequence() - firstSequence < 0)) {
				first = cursor;
				firstSequence = slot.sequence();
			}
		}
		return first;
	}

	/** Whether it has lagged so that it should not go on; where it should, it has. */
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
