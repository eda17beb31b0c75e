package io.github.sse4spring.hub;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The newest entries of one topic. Written under the lock of the log, read by any thread
 * without the lock.
 */
final class Ring {

	/*
	 * The writer stores a slot in its cell before it moves the tail, and it moves
	 * "firstIndex" and "evictedUpTo" before it clears a cell. So a reader that has loaded
	 * the tail finds every slot below it that was not evicted. Slots are immutable and
	 * carry their index, so a reader can trust a slot that it finds. If a cell is empty
	 * or has a slot of another index, the slot was evicted, or the array was replaced
	 * since the reader loaded it. "slots" is written before the tail, so a reader that
	 * loads the tail again loads the new array too.
	 */
	private static final int MIN_LENGTH = 8;

	private volatile AtomicReferenceArray<@Nullable Slot> slots = new AtomicReferenceArray<>(MIN_LENGTH);

	/** Index of the oldest slot that is retained. */
	private volatile long firstIndex;

	private volatile Tail tail = Tail.START;

	/**
	 * Sequence of the newest entry of the topic that was evicted, or the value that the
	 * ring was created with.
	 */
	private volatile long evictedUpTo;

	/** Used under the lock only. */
	private long bytes;

	Ring(long evictedUpTo) {
		this.evictedUpTo = evictedUpTo;
	}

	long firstIndex() {
		return this.firstIndex;
	}

	long evictedUpTo() {
		return this.evictedUpTo;
	}

	Tail tail() {
		return this.tail;
	}

	/** How many slots are retained. */
	int size() {
		return (int) (this.tail.index() - this.firstIndex);
	}

	/** How many events are retained. */
	int retained() {
		while (true) {
			long index = this.firstIndex;
			Tail tail = this.tail;
			Slot first = get(index);
			if (first != null || index == tail.index()) {
				return (first != null) ? (int) (tail.events() - first.eventsBefore()) : 0;
			}
		}
	}

	/**
	 * Read a slot below the tail.
	 * @return the slot, or {@code null} if it is not retained any more
	 */
	@Nullable Slot get(long index) {
		AtomicReferenceArray<@Nullable Slot> slots = this.slots;
		Slot slot = slots.get(cell(index, slots));
		return (slot != null && slot.index() == index) ? slot : null;
	}

	/** Under the lock: append a slot. Its index must be that of the tail. */
	void append(Slot slot) {
		resizeIfNeeded();
		this.slots.set(cell(slot.index(), this.slots), slot);
		this.bytes += slot.size();
		this.tail = new Tail(slot.index() + 1, slot.eventsBefore() + (slot.isEnd() ? 0 : 1), slot.isEnd());
	}

	/** Under the lock: the oldest slot. The ring must not be empty. */
	Slot first() {
		return Objects.requireNonNull(get(this.firstIndex));
	}

	/** The newest slot, if it is retained. */
	@Nullable Slot last() {
		return get(this.tail.index() - 1);
	}

	/** Under the lock: the sequence of the newest entry that the topic had. */
	long lastSequence() {
		Slot last = last();
		return (last != null) ? last.sequence() : this.evictedUpTo;
	}

	/** Under the lock: the size of all slots together, in bytes. */
	long bytes() {
		return this.bytes;
	}

	/**
	 * Under the lock: find the first slot that satisfies a condition, by binary search.
	 * If a slot satisfies the condition, all slots after it must do so too.
	 * @return the index of the slot, or that of the tail if there is none
	 */
	long search(Predicate<Slot> condition) {
		long low = 0;
		long high = size();
		while (low < high) {
			long middle = (low + high) / 2;
			if (condition.test(Objects.requireNonNull(get(this.firstIndex + middle)))) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return this.firstIndex + low;
	}

	/** Under the lock: remove the oldest slot. */
	Slot evictFirst() {
		Slot first = first();
		this.evictedUpTo = first.sequence();
		this.firstIndex = first.index() + 1;
		this.slots.set(cell(first.index(), this.slots), null);
		this.bytes -= first.size();
		return first;
	}

	private void resizeIfNeeded() {
		int length = this.slots.length();
		int size = size();
		if (size == length) {
			copyTo(length * 2);
		}
		else if (length > MIN_LENGTH && size < length / 4) {
			copyTo(length / 2);
		}
	}

	private void copyTo(int length) {
		AtomicReferenceArray<@Nullable Slot> copy = new AtomicReferenceArray<>(length);
		for (long index = this.firstIndex; index != this.tail.index(); index++) {
			copy.set(cell(index, copy), get(index));
		}
		this.slots = copy;
	}

	private static int cell(long index, AtomicReferenceArray<?> slots) {
		return (int) (index & (slots.length() - 1));
	}

	/**
	 * The tail of a ring. Its values belong together, so they are published as one
	 * object.
	 *
	 * @param index index of the next slot
	 * @param events how many events of the topic have a lower index
	 * @param isAfterEnd whether the newest entry is an end, so that the topic is complete
	 */
	record Tail(long index, long events, boolean isAfterEnd) {

		/** The tail of a ring that was never written to. */
		static final Tail START = new Tail(0, 0, false);

	}

}
