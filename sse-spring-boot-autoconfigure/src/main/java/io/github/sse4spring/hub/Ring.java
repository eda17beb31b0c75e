package io.github.sse4spring.hub;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The newest entries of one topic. Written under the lock of the hub, read by any thread
 * without it.
 */
final class Ring {

	/*
	 * The writer stores the slot in its cell, then moves the tail; it clears a cell after
	 * it has moved firstIndex and evictedUpTo. So a reader that has seen the tail finds
	 * every slot below it that was not evicted, and what it finds it can trust: slots
	 * never change, and each carries its own index. A cell that is empty or holds another
	 * index was evicted, or the reader has read an array that has been replaced since;
	 * then it reads again, and "slots" is written before the tail.
	 */
	private static final int MIN_LENGTH = 8;

	private volatile AtomicReferenceArray<@Nullable Slot> slots = new AtomicReferenceArray<>(MIN_LENGTH);

	/** Index of the oldest slot retained. */
	private volatile long firstIndex;

	private volatile Tail tail = Tail.START;

	/** Sequence of the newest entry of the topic that is not retained any more. */
	private volatile long evictedUpTo;

	/** Under the lock only. */
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

	/** How many slots it holds. */
	int size() {
		return (int) (this.tail.index() - this.firstIndex);
	}

	/** How many events it retains. */
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

	/** Under the lock: write the next slot, whose index is the tail. */
	void append(Slot slot) {
		resizeIfNeeded();
		this.slots.set(cell(slot.index(), this.slots), slot);
		this.bytes += slot.size();
		this.tail = new Tail(slot.index() + 1, slot.eventsBefore() + (slot.isEnd() ? 0 : 1), slot.isEnd());
	}

	/** Under the lock: the oldest slot, of a ring that is not empty. */
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

	/** Under the lock: the bytes of all its slots together. */
	long bytes() {
		return this.bytes;
	}

	/**
	 * Under the lock: find the first slot for which a condition holds that holds for all
	 * slots after it too.
	 * @return its index, or the tail if there is none
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

	/** Under the lock: let the oldest slot go. */
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
	 * Where the next slot will be written, all of one moment.
	 *
	 * @param index its index
	 * @param events how many events of the topic are before it
	 * @param isAfterEnd whether the entry before it is an end, so that the topic is
	 * complete
	 */
	record Tail(long index, long events, boolean isAfterEnd) {

		static final Tail START = new Tail(0, 0, false);

	}

}
