package io.github.sse4spring.hub;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseGapReason;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;

/**
 * Finds the position at which a subscription starts, and moves its cursors there. An
 * instance is used for one subscription. {@link #place} is called under the lock of the
 * log. The result may be read without the lock.
 */
final class StartLocator {

	private final String epoch;

	private final long tail;

	private final long forgottenUpTo;

	private final long now;

	private final List<Cursor> cursors;

	private final OwnIds ownIds;

	private @Nullable SseGapReason gap;

	private Position position;

	StartLocator(String epoch, long tail, long forgottenUpTo, long now, List<Cursor> cursors, OwnIds ownIds) {
		this.epoch = epoch;
		this.tail = tail;
		this.forgottenUpTo = forgottenUpTo;
		this.now = now;
		this.cursors = cursors;
		this.ownIds = ownIds;
		this.position = new Position(epoch, tail - 1);
	}

	List<Cursor> cursors() {
		return this.cursors;
	}

	/** The tail of the log at the start. */
	long tail() {
		return this.tail;
	}

	/** Return the position just before the first entry that the subscription reads. */
	Position position() {
		return this.position;
	}

	/** The reason of the gap before the start, or {@code null} if there is none. */
	@Nullable SseGapReason gap() {
		return this.gap;
	}

	/**
	 * Set the reason of the gap, since events before the start may not have reached the
	 * client.
	 */
	void foundGap(SseGapReason reason) {
		this.gap = reason;
	}

	/**
	 * Move the cursors to the start of the subscription.
	 * @param id the id to resume after, or {@code null} to start as described
	 */
	void place(SseSubscription description, @Nullable String id) {
		long after = (id != null) ? resume(id) : switch (description.start()) {
			case EARLIEST -> beforeAll();
			case LAST -> beforeLast(description.count());
			default -> this.tail - 1;
		};
		this.cursors.forEach((cursor) -> placeAfter(cursor, after));
		this.position = beforeFirst();
	}

	/**
	 * Return whether the subscription starts with an entry that is in the log already: an
	 * event, or the end of a topic.
	 */
	boolean hasReplay() {
		return this.position.sequence() != this.tail - 1;
	}

	private Position beforeFirst() {
		long next = this.tail;
		for (Cursor cursor : this.cursors) {
			Ring ring = cursor.topic().ring();
			Slot slot = (ring != null && cursor.index() != ring.tail().index()) ? ring.get(cursor.index()) : null;
			if (slot != null && slot.sequence() < next) {
				next = slot.sequence();
			}
		}
		return new Position(this.epoch, next - 1);
	}

	private long resume(String id) {
		Position position = Position.parse(id);
		if (position == null) {
			return resumeAfterOwnId(id);
		}
		if (!position.epoch().equals(this.epoch)) {
			this.gap = SseGapReason.RESTARTED;
			return beforeAll();
		}
		if (position.sequence() >= this.tail) {
			return unknown();
		}
		return after(position.sequence());
	}

	private long after(long sequence) {
		if (this.cursors.stream().anyMatch((cursor) -> sequence < unusableUpTo(cursor))) {
			this.gap = SseGapReason.EXPIRED;
		}
		return sequence;
	}

	private long resumeAfterOwnId(String id) {
		List<Slot> found = new ArrayList<>();
		for (Cursor cursor : this.cursors) {
			for (Slot slot = newest(cursor); slot != null; slot = before(cursor, slot)) {
				SseEvent event = slot.event();
				if (event != null && id.equals(event.id())) {
					found.add(slot);
				}
			}
		}
		// One slot with this id is not enough: another event with the same id may have
		// been evicted, or may be of another topic.
		boolean known = found.size() == 1 && !this.ownIds.isRepeated(id);
		return known ? after(found.get(0).sequence()) : unknown();
	}

	private long unknown() {
		this.gap = SseGapReason.UNKNOWN;
		return this.tail - 1;
	}

	/**
	 * Return the sequence just before the oldest event that the subscription can start
	 * with.
	 */
	private long beforeAll() {
		return this.cursors.stream().mapToLong(this::unusableUpTo).min().orElse(this.tail - 1);
	}

	private long beforeLast(int count) {
		List<Long> newest = new ArrayList<>();
		for (Cursor cursor : this.cursors) {
			int events = 0;
			for (Slot slot = newest(cursor); slot != null && events < count; slot = before(cursor, slot)) {
				if (!slot.isEnd()) {
					newest.add(slot.sequence());
					events++;
				}
			}
		}
		newest.sort(Comparator.reverseOrder());
		return newest.isEmpty() ? this.tail - 1 : newest.get(Math.min(count, newest.size()) - 1) - 1;
	}

	/** The newest slot of a topic, if it is retained and not too old to start with. */
	private @Nullable Slot newest(Cursor cursor) {
		Ring ring = cursor.topic().ring();
		return (ring != null) ? usable(cursor, ring.last()) : null;
	}

	/** The previous slot of a topic, if it is retained and not too old to start with. */
	private @Nullable Slot before(Cursor cursor, Slot slot) {
		Ring ring = Objects.requireNonNull(cursor.topic().ring());
		return usable(cursor, ring.get(slot.index() - 1));
	}

	private @Nullable Slot usable(Cursor cursor, @Nullable Slot slot) {
		return (slot != null && slot.time() >= oldestTime(cursor)) ? slot : null;
	}

	private long oldestTime(Cursor cursor) {
		return cursor.topic().settings().oldestTime(this.now);
	}

	/** The sequence of the newest entry of a topic that is evicted or too old. */
	private long unusableUpTo(Cursor cursor) {
		Ring ring = cursor.topic().ring();
		if (ring == null) {
			return this.forgottenUpTo;
		}
		long oldestTime = oldestTime(cursor);
		Slot before = ring.get(ring.search((slot) -> slot.time() >= oldestTime) - 1);
		return (before != null) ? before.sequence() : ring.evictedUpTo();
	}

	private void placeAfter(Cursor cursor, long after) {
		Ring ring = cursor.topic().ring();
		if (ring != null) {
			long oldestTime = oldestTime(cursor);
			long index = ring.search((slot) -> slot.sequence() > after && slot.time() >= oldestTime);
			if (index == ring.tail().index()) {
				cursor.moveTo(ring.tail());
			}
			else {
				cursor.moveTo(Objects.requireNonNull(ring.get(index)));
			}
		}
	}

}
