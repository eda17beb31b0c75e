package io.github.sse4spring.hub;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The position of a subscription in one of its topics. One thread at a time uses it, once
 * the subscription has started. Any thread may read the lag, which may then be slightly
 * out of date.
 */
final class Cursor {

	/** For {@link #skipTo}: skip only events that are not retained. */
	static final long ALL = Long.MAX_VALUE;

	private final Topic topic;

	private final WakeGroup.Member member;

	private final int bufferSize;

	private final SseLagPolicy lagPolicy;

	/**
	 * Index of the first entry that may end the topic for this subscription. An end that
	 * was followed by another entry when the subscription started does not count.
	 */
	private final long endsFrom;

	/** Next index to read. */
	private long index;

	/** How many events of the topic have a lower index. */
	private long events;

	private boolean ended;

	/**
	 * Under the lock of the log: create a cursor at the tail.
	 * @param bufferSize how many events of the topic the cursor may be behind
	 * @param lagPolicy what happens when the cursor is further behind
	 */
	Cursor(Topic topic, WakeGroup.Member member, int bufferSize, SseLagPolicy lagPolicy, Ring.Tail tail) {
		this.topic = topic;
		this.member = member;
		this.bufferSize = bufferSize;
		this.lagPolicy = lagPolicy;
		this.endsFrom = tail.index() - 1;
		moveTo(tail);
	}

	Topic topic() {
		return this.topic;
	}

	WakeGroup.Member member() {
		return this.member;
	}

	int bufferSize() {
		return this.bufferSize;
	}

	SseLagPolicy lagPolicy() {
		return this.lagPolicy;
	}

	long index() {
		return this.index;
	}

	/** Whether the entry that was read last ends the topic for this subscription. */
	boolean hasEnded() {
		return this.ended;
	}

	/** Move to the tail of a ring. Return how many events were skipped. */
	long moveTo(Ring.Tail tail) {
		return moveTo(tail.index(), tail.events(), tail.isAfterEnd());
	}

	/** Move to a slot. Return how many events were skipped. */
	long moveTo(Slot slot) {
		return moveTo(slot.index(), slot.eventsBefore(), slot.isAfterEnd());
	}

	/** Move to the entry after a slot that was read. */
	void take(Slot slot) {
		moveTo(slot.index() + 1, slot.eventsBefore() + (slot.isEnd() ? 0 : 1), slot.isEnd());
	}

	private long moveTo(long index, long events, boolean afterEnd) {
		long skipped = events - this.events;
		this.index = index;
		this.events = events;
		this.ended = afterEnd && index > this.endsFrom;
		return skipped;
	}

	/** How many events the cursor is behind the tail. */
	long lag() {
		Ring ring = this.topic.ring();
		return (ring != null) ? ring.tail().events() - this.events : 0;
	}

	/**
	 * On any thread: return how many events of the topic come before the first event that
	 * the cursor needs. That is the next event to read. If the cursor is further behind
	 * the tail than its buffer size, only the events within its buffer size are needed.
	 * The number only grows, so a value that is out of date never lets a needed event be
	 * evicted.
	 */
	long needsFrom() {
		Ring ring = this.topic.ring();
		return (ring != null) ? Math.max(this.events, ring.tail().events() - this.bufferSize) : this.events;
	}

	/** Whether the cursor is more than its buffer size behind the tail. */
	boolean isTooFarBehind() {
		return lag() > this.bufferSize;
	}

	/** Return whether an entry was evicted before the cursor has read it. */
	boolean isOvertaken() {
		Ring ring = this.topic.ring();
		return ring != null && this.index < ring.firstIndex();
	}

	/** The next slot to read, if there is one below the tail of the log. */
	@Nullable Slot peek(long tail) {
		Ring ring = this.topic.ring();
		if (ring == null || this.index == ring.tail().index()) {
			return null;
		}
		Slot slot = ring.get(this.index);
		return (slot != null && slot.sequence() < tail) ? slot : null;
	}

	/**
	 * Move forward to the given number of events behind the tail, or to the oldest
	 * retained event if fewer events are retained.
	 * @param behind one or more, or {@link #ALL}. The lag of the cursor is not a
	 * substitute for {@link #ALL}: it is out of date when another event is published
	 * @return how many events that skips
	 */
	long skipTo(long behind) {
		Ring ring = this.topic.ring();
		long skipped = -1;
		while (ring != null && skipped < 0) {
			Ring.Tail tail = ring.tail();
			long first = Math.max(ring.firstIndex(), this.index);
			skipped = (first == tail.index()) ? moveTo(tail) : skipTo(ring, first, tail.events() - behind);
		}
		return Math.max(0, skipped);
	}

	/**
	 * Move to the event that has the given number of events before it, but not to an
	 * index below {@code first}.
	 * @return how many events were skipped, or -1 if the slot was evicted in the meantime
	 */
	private long skipTo(Ring ring, long first, long eventsBefore) {
		Slot slot = ring.get(first);
		while (slot != null && (slot.eventsBefore() < eventsBefore || (slot.isEnd() && slot.index() != first))) {
			// Every event has a slot, and an end has one too. So the wanted event is at
			// least this many slots further on, and this step does not go past it.
			slot = ring.get(slot.index() + Math.max(1, eventsBefore - slot.eventsBefore()));
		}
		return (slot != null) ? moveTo(slot) : -1;
	}

}
