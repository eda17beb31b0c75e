package io.github.sse4spring.hub;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription is in one of its topics. On the loop of the subscription only,
 * once it has started; but its lag may be read by anybody who does not mind an old one.
 */
final class Cursor {

	private final HubSubscription subscription;

	private final Topic topic;

	private final WakeGroup group;

	/** How many events of the topic it may be behind. */
	private final int bufferSize;

	/** What happens when it is further behind. */
	private final SseLagPolicy lagPolicy;

	/**
	 * Index of the first entry that may be its end: an end with entries behind it when
	 * the subscription started is none any more.
	 */
	private final long endsFrom;

	/** Next index to be read. */
	private long index;

	/** How many events of the topic are before it. */
	private long events;

	private boolean ended;

	private int place;

	/** Under the lock of the hub: create it at the tail. */
	Cursor(HubSubscription subscription, Topic topic, WakeGroup group, int bufferSize, SseLagPolicy lagPolicy,
			Ring.Tail tail) {
		this.subscription = subscription;
		this.topic = topic;
		this.group = group;
		this.bufferSize = bufferSize;
		this.lagPolicy = lagPolicy;
		this.endsFrom = tail.index() - 1;
		moveTo(tail);
	}

	HubSubscription subscription() {
		return this.subscription;
	}

	Topic topic() {
		return this.topic;
	}

	WakeGroup group() {
		return this.group;
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

	/** Whether the entry before it ends the topic for this subscription. */
	boolean hasEnded() {
		return this.ended;
	}

	int place() {
		return this.place;
	}

	void setPlace(int place) {
		this.place = place;
	}

	/** Go to the tail of a ring. Returns how many events that skips. */
	long moveTo(Ring.Tail tail) {
		return moveTo(tail.index(), tail.events(), tail.isAfterEnd());
	}

	/** Go to a slot. Returns how many events that skips. */
	long moveTo(Slot slot) {
		return moveTo(slot.index(), slot.eventsBefore(), slot.isAfterEnd());
	}

	/** Go past a slot. */
	void take(Slot slot) {
		moveTo(slot.index() + 1, slot.eventsBefore() + (slot.isEnd() ? 0 : 1), slot.isEnd());
	}

	private long moveTo(long index, long events, boolean afterEnd) {
		long skipped = events - this.events;
		this.index = index;
		this.events = events;
		this.ended = afterEnd && index - 1 - this.endsFrom >= 0;
		return skipped;
	}

	/** How many events it is behind the tail. */
	long lag() {
		Ring ring = this.topic.ring();
		return (ring != null) ? ring.tail().events() - this.events : 0;
	}

	/**
	 * On any thread: how many events of the topic are before the first that it needs.
	 * That is the next one, unless it is further behind than its buffer allows. An old
	 * answer is a smaller one.
	 */
	long needsFrom() {
		Ring ring = this.topic.ring();
		return (ring != null) ? Math.max(this.events, ring.tail().events() - this.bufferSize) : this.events;
	}

	/** Whether it is more than its buffer size behind. */
	boolean isTooFarBehind() {
		return lag() > this.bufferSize;
	}

	/** Whether something that it has not read is not retained any more. */
	boolean isOvertaken() {
		Ring ring = this.topic.ring();
		return ring != null && this.index - ring.firstIndex() < 0;
	}

	/** The slot to be read next, if there is one below the tail of the log. */
	@Nullable Slot peek(long tail) {
		Ring ring = this.topic.ring();
		if (ring == null || this.index == ring.tail().index()) {
			return null;
		}
		Slot slot = ring.get(this.index);
		return (slot != null && slot.sequence() - tail < 0) ? slot : null;
	}

	/**
	 * Go on some events behind the tail, or with the oldest that is retained.
	 * @return how many events that skips
	 */
	long skipTo(long behind) {
		Ring ring = this.topic.ring();
		long skipped = -1;
		while (ring != null && skipped < 0) {
			Ring.Tail tail = ring.tail();
			long first = Math.max(ring.firstIndex() - this.index, 0) + this.index;
			skipped = (first == tail.index()) ? moveTo(tail) : skipTo(ring, first, tail.events() - behind);
		}
		return Math.max(0, skipped);
	}

	/**
	 * Go to an event, or to the first slot to be considered if that is after it.
	 * @return how many events that skips, or -1 if what is needed was evicted meanwhile
	 */
	private long skipTo(Ring ring, long first, long eventsBefore) {
		Slot slot = ring.get(first);
		while (slot != null && (eventsBefore - slot.eventsBefore() > 0 || (slot.isEnd() && slot.index() != first))) {
			// Ends stand between events, so that this many slots further is not too far.
			slot = ring.get(slot.index() + Math.max(1, eventsBefore - slot.eventsBefore()));
		}
		return (slot != null) ? moveTo(slot) : -1;
	}

}
