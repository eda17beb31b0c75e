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
	 * log. A slot may be evicted while the cursors are compared. The comparison then does
	 * not find that slot and chooses a later event of another topic. The id of that event
	 * would move the position past the missed event without a notice. So the cursors are
	 * checked again after the comparison, and its result counts only if no cursor was
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

	/** The cursor that has lagged under a policy that ends the subscription. */
	private @Nullable Cursor lagged;

	private long behind;

	TopicMerger(ReadableLog log) {
		this.log = log;
	}

	/** Set the cursors to read from. Called before every other method. */
	void startAt(List<Cursor> cursors, long tail) {
		this.cursors = cursors;
		this.startTail = tail;
	}

	/** Whether the end was read, so that no event follows. */
	boolean isAtEnd() {
		return this.atEnd;
	}

	/**
	 * Return whether all entries that were in the log at the start of the subscription
	 * were read.
	 */
	boolean isCaughtUp() {
		return this.caughtUp;
	}

	/**
	 * Return the sequence up to which every event was read or missed. It is set when
	 * {@link #next()} finds no entry.
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
	 * Return the lag policy that ends the subscription.
	 * @return the policy, or {@code null} if the subscription has not lagged under such a
	 * policy
	 */
	@Nullable SseLagPolicy endedBy() {
		return (this.lagged != null) ? this.lagged.lagPolicy() : null;
	}

	/**
	 * Return how many events the subscription was behind, on the topic whose lag policy
	 * ends it.
	 */
	long behind() {
		return this.behind;
	}

	/**
	 * Read the next event.
	 * @return its slot, or {@code null} if there is no event now, if the end was read, or
	 * if the subscription has lagged under a policy that ends it
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

	/** Return whether no event is left to read now. */
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
	 * Move each cursor that has lagged or was overtaken to the event at which it
	 * continues. If its policy ends the subscription, remember the cursor.
	 * @return whether a cursor has lagged under a policy that ends the subscription
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
		long skipped = cursor.skipTo(this.caughtUp ? keptWhenLagged(cursor) : Cursor.ALL);
		if (cursor.lagPolicy() == SseLagPolicy.SKIP || cursor.lagPolicy() == SseLagPolicy.SKIP_TO_LATEST) {
			this.skipped += skipped;
		}
		else if (tooFar || skipped > 0) {
			this.lagged = cursor;
			this.behind = lag;
		}
	}

	private static long keptWhenLagged(Cursor cursor) {
		return switch (cursor.lagPolicy()) {
			case SKIP -> Math.max(1, cursor.bufferSize() / 2);
			case SKIP_TO_LATEST -> 1;
			case DISCONNECT, FAIL -> Cursor.ALL;
		};
	}

}
