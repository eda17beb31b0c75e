package io.github.sse4spring.hub;

import org.jspecify.annotations.Nullable;

/**
 * Where a subscription is in one of its topics. On the loop of the subscription only,
 * once it has started.
 */
final class Cursor {

	private final HubSubscription subscription;

	private final Topic topic;

	private final Group group;

	/** Next index to be read. */
	private long index;

	/** How many events of the topic are before it. */
	private long events;

	private boolean ended;

	private int place;

	Cursor(HubSubscription subscription, Topic topic, Group group) {
		this.subscription = subscription;
		this.topic = topic;
		this.group = group;
	}

	HubSubscription subscription() {
		return this.subscription;
	}

	Topic topic() {
		return this.topic;
	}

	Group group() {
		return this.group;
	}

	long index() {
		return this.index;
	}

	/** Whether it has read the end of its topic. */
	boolean hasEnded() {
		return this.ended;
	}

	void setEnded() {
		this.ended = true;
	}

	int place() {
		return this.place;
	}

	void setPlace(int place) {
		this.place = place;
	}

	/** Go to an index. Returns how many events that skips. */
	long moveTo(long index, long events) {
		long skipped = events - this.events;
		this.index = index;
		this.events = events;
		return skipped;
	}

	/** Go past a slot. */
	void take(Slot slot) {
		moveTo(slot.index() + 1, slot.eventsBefore() + (slot.isEnd() ? 0 : 1));
	}

	/** How far behind the tail it is, ends of the topic included. */
	long lag() {
		Ring ring = this.topic.ring();
		return (ring != null) ? ring.tailIndex() - this.index : 0;
	}

	/** Whether something that it has not read is not retained any more. */
	boolean isOvertaken() {
		Ring ring = this.topic.ring();
		return ring != null && this.index - ring.firstIndex() < 0;
	}

	/** The slot to be read next, if there is one below the tail of the log. */
	@Nullable Slot peek(long tail) {
		Ring ring = this.topic.ring();
		if (ring == null || this.index == ring.tailIndex()) {
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
		if (ring == null) {
			return 0;
		}
		while (true) {
			Ring.Tail tail = ring.tail();
			long first = ring.firstIndex();
			long target = (tail.index() - behind - first < 0) ? first : tail.index() - behind;
			if (target - this.index <= 0) {
				return 0;
			}
			if (target == tail.index()) {
				// Nothing is retained at all.
				return moveTo(target, tail.events());
			}
			Slot slot = ring.get(target);
			if (slot != null) {
				return moveTo(target, slot.eventsBefore());
			}
		}
	}

}
