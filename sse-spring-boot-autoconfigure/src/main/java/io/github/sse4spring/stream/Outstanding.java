package io.github.sse4spring.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The events that sources of one stream have handed over and that were not written yet,
 * where one may overtake another on its way. Safe for use by any thread.
 */
final class Outstanding implements Consumer<String> {

	/*
	 * An event is added before the source lets go of it, and removed when it is written.
	 * So an id may be written as soon as no event before it is here. An event that an
	 * operator leaves out is never written: it holds back all ids from then on. That is
	 * safe, and why there is a largest number: beyond it the ids are held back anyway.
	 *
	 * When the next source of the stream begins, what has not arrived of the ones before
	 * is told as a gap. Those events hold back nothing any more once that is written.
	 */
	private static final int MAX = 1024;

	private final Map<String, Event> events = new LinkedHashMap<>();

	/** The id handed over last, or where the source begins. */
	private String last = "";

	private int source;

	/** Set when there were too many events of a source: the id before the oldest. */
	private @Nullable String stuckAt;

	private int stuckSource;

	/**
	 * Another source begins.
	 * @param position the id before its first event
	 * @return the number of the source
	 */
	synchronized int begin(String position) {
		this.last = position;
		return ++this.source;
	}

	/** An event with this id is handed over. */
	@Override
	public synchronized void accept(String id) {
		Event same = this.events.get(id);
		if (same != null && same.source < this.source) {
			// Handed over again by the next source: the event of the older one has gone.
			this.events.remove(id);
		}
		// An id that is here still belongs to two events; the older place holds.
		this.events.computeIfAbsent(id, (key) -> new Event(this.last, this.source)).count++;
		this.last = id;
		if (this.events.size() > MAX) {
			this.stuckAt = (this.stuckAt != null) ? this.stuckAt : oldest().before;
			this.stuckSource = this.source;
			this.events.clear();
		}
	}

	/** An event has come through the operators. */
	synchronized void arrived(@Nullable String id) {
		Event event = this.events.get(id);
		if (event != null) {
			event.arrived++;
		}
	}

	/** Whether everything that was handed over has come through the operators. */
	synchronized boolean haveAllArrived() {
		return this.stuckAt == null && this.events.values().stream().allMatch(Event::hasArrived);
	}

	/**
	 * Forget what has not arrived of the sources before one: that it may be missing has
	 * been told.
	 */
	synchronized void forgetMissingBefore(int source) {
		this.events.values().removeIf((event) -> event.source < source && !event.hasArrived());
		if (this.stuckSource < source) {
			this.stuckAt = null;
		}
	}

	/** An event is written. */
	synchronized void written(String id) {
		Event event = this.events.get(id);
		if (event != null && --event.count == 0) {
			this.events.remove(id);
		}
	}

	/** The newest id before which nothing is outstanding. */
	synchronized String position() {
		if (this.stuckAt != null) {
			return this.stuckAt;
		}
		return this.events.isEmpty() ? this.last : oldest().before;
	}

	/**
	 * The same, where nothing behind it is outstanding either: the source has left out
	 * what is up to its own position.
	 * @param ofSource the position of the source, asked for before this
	 */
	synchronized String position(String ofSource) {
		if (this.stuckAt == null && this.events.isEmpty()) {
			this.last = ofSource;
		}
		return position();
	}

	/** How many events are kept track of. */
	synchronized int size() {
		return this.events.size();
	}

	private Event oldest() {
		return this.events.values().iterator().next();
	}

	private static final class Event {

		private final String before;

		private final int source;

		private int count;

		private int arrived;

		private Event(String before, int source) {
			this.before = before;
			this.source = source;
		}

		private boolean hasArrived() {
			return this.arrived >= this.count;
		}

	}

}
