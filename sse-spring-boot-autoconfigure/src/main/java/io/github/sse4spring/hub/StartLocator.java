package io.github.sse4spring.hub;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseGapReason;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a subscription starts. Used under the lock of the hub, for one
 * subscription.
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

	/** Where the log ends. */
	long tail() {
		return this.tail;
	}

	/** The position just before the first event to be delivered. */
	Position position() {
		return this.position;
	}

	/**
	 * Why the subscription could not start where it should, or {@code null} if it could.
	 */
	@Nullable SseGapReason gap() {
		return this.gap;
	}

	/** What came before the start may not have reached the client. */
	void foundGap(SseGapReason reason) {
		this.gap = reason;
	}

	/**
	 * Put the cursors where the subscription starts.
	 * @param id what to resume after, or {@code null} to start as described
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

	/** Whether anything that was published before is to be delivered. */
	boolean hasReplay() {
		return this.position.sequence() != this.tail - 1;
	}

	private Position beforeFirst() {
		long next = this.tail;
		for (Cursor cursor : this.cursors) {
			Ring ring = cursor.topic().ring();
			Slot slot = (ring != null && cursor.index() != ring.tail().index()) ? ring.get(cursor.index()) : null;
			if (slot != null && slot.sequence() - next < 0) {
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
		if (position.sequence() - this.tail >= 0) {
			return unknown();
		}
		return after(position.sequence());
	}

	private long after(long sequence) {
		if (this.cursors.stream().anyMatch((cursor) -> sequence - unusableUpTo(cursor) < 0)) {
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
		// The other event of a repeated id may be evicted, or be of another topic.
		boolean known = found.size() == 1 && !this.ownIds.isRepeated(id);
		return known ? after(found.get(0).sequence()) : unknown();
	}

	private long unknown() {
		this.gap = SseGapReason.UNKNOWN;
		return this.tail - 1;
	}

	/** Before everything that is not too old to start with. */
	private long beforeAll() {
		return this.cursors.stream()
			.mapToLong(this::unusableUpTo)
			.reduce((a, b) -> (a - b < 0) ? a : b)
			.orElse(this.tail - 1);
	}

	private long beforeLast(int count) {
		List<Long> ages = new ArrayList<>();
		for (Cursor cursor : this.cursors) {
			int events = 0;
			for (Slot slot = newest(cursor); slot != null && events < count; slot = before(cursor, slot)) {
				if (!slot.isEnd()) {
					ages.add(this.tail - slot.sequence());
					events++;
				}
			}
		}
		Collections.sort(ages);
		return ages.isEmpty() ? this.tail - 1 : this.tail - ages.get(Math.min(count, ages.size()) - 1) - 1;
	}

	/** The newest slot of a topic, if it is retained and not too old to start with. */
	private @Nullable Slot newest(Cursor cursor) {
		Ring ring = cursor.topic().ring();
		return (ring != null) ? usable(cursor, ring.last()) : null;
	}

	/** The slot before another of the same topic, as far as one can start with it. */
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

	/** The sequence of the newest entry of a topic that one cannot start with. */
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
			long index = ring.search((slot) -> slot.sequence() - after > 0 && slot.time() >= oldestTime);
			if (index == ring.tail().index()) {
				cursor.moveTo(ring.tail());
			}
			else {
				cursor.moveTo(Objects.requireNonNull(ring.get(index)));
			}
		}
	}

}
