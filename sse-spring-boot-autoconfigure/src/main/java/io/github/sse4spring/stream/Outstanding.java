package io.github.sse4spring.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The events that the sources of one stream have handed over and that are not written
 * yet. Used where an event may overtake another one between source and stream. Safe for
 * use by any thread.
 */
final class Outstanding implements Consumer<String> {

	/*
	 * An event is added before the source emits it, and removed when it is written. An id
	 * may be written only if no event before it is outstanding. An event that an operator
	 * leaves out is never written, so no later id is written either. That is safe: a
	 * client that reconnects may receive events again, but misses none. The memory is
	 * limited. If more than MAX events are outstanding, they are no longer tracked, and
	 * the position stays at the id before the oldest of them.
	 *
	 * When the next source of the stream begins, a gap notice covers the events of the
	 * earlier sources that have not arrived. Once the notice is written, those events no
	 * longer prevent later ids from being written.
	 */
	private static final int MAX = 1024;

	private final Map<String, Event> events = new LinkedHashMap<>();

	/** The id that was handed over last, or the position at which the source begins. */
	private String last = "";

	private int source;

	/** Set after too many events were outstanding: the id before the oldest of them. */
	private @Nullable String stuckAt;

	private int stuckSource;

	/**
	 * Begin with the events of another source.
	 * @param position the id before its first event
	 * @return the number of the source
	 */
	synchronized int begin(String position) {
		this.last = position;
		return ++this.source;
	}

	/** Add the event with this id, which is about to be handed over. */
	@Override
	public synchronized void accept(String id) {
		Event same = this.events.get(id);
		if (same != null && same.source < this.source) {
			// The current source hands over an event with the same id. The event of the
			// earlier source is not expected any more.
			this.events.remove(id);
		}
		// If the id is still outstanding, two events have it. They share the place of
		// the older one.
		this.events.computeIfAbsent(id, (key) -> new Event(this.last, this.source)).count++;
		this.last = id;
		if (this.events.size() > MAX) {
			this.stuckAt = (this.stuckAt != null) ? this.stuckAt : oldest().before;
			this.stuckSource = this.source;
			this.events.clear();
		}
	}

	/** Record that an event has come through the operators. */
	synchronized void arrived(@Nullable String id) {
		Event event = this.events.get(id);
		if (event != null) {
			event.arrived++;
		}
	}

	/**
	 * Return whether all events that were handed over have come through the operators.
	 */
	synchronized boolean haveAllArrived() {
		return this.stuckAt == null && this.events.values().stream().allMatch(Event::hasArrived);
	}

	/**
	 * Forget the events of earlier sources that have not arrived: a gap notice covers
	 * them.
	 */
	synchronized void forgetMissingBefore(int source) {
		this.events.values().removeIf((event) -> event.source < source && !event.hasArrived());
		if (this.stuckSource < source) {
			this.stuckAt = null;
		}
	}

	/** Remove an event that is written. */
	synchronized void written(String id) {
		Event event = this.events.get(id);
		if (event != null && --event.count == 0) {
			this.events.remove(id);
		}
	}

	/**
	 * Return the newest id for which neither its event nor any event before it is
	 * outstanding.
	 */
	synchronized String position() {
		if (this.stuckAt != null) {
			return this.stuckAt;
		}
		return this.events.isEmpty() ? this.last : oldest().before;
	}

	/**
	 * Return the position as above. If no event is outstanding, return the position of
	 * the source instead, since the source may have left out events after the last one
	 * that it handed over.
	 * @param ofSource the position of the source, read before this call
	 */
	synchronized String position(String ofSource) {
		if (this.stuckAt == null && this.events.isEmpty()) {
			this.last = ofSource;
		}
		return position();
	}

	/** How many events are tracked. */
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
