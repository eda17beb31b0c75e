package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the log in the ring of its topic.
 *
 * @param index its index in the topic, dense
 * @param sequence its sequence in the log
 * @param eventsBefore how many events of the topic are before it, which is the index less
 * the ends of the topic
 * @param isAfterEnd whether the entry of the topic before it is an end
 * @param event the event with its id and its frame, or {@code null} for an end of the
 * topic
 * @param size what it counts as, in bytes
 * @param time when it was published, in milliseconds
 */
record Slot(long index, long sequence, long eventsBefore, boolean isAfterEnd, @Nullable SseEvent event, int size,
		long time) {

	/** What a slot needs beside its frame. */
	static final int OVERHEAD = 128;

	boolean isEnd() {
		return this.event == null;
	}

}
