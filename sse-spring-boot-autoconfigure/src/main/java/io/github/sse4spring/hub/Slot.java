package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseFrame;
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

	/** What a slot needs beside the bytes and characters of its event. */
	static final int OVERHEAD = 128;

	/** A character in memory may need two bytes. */
	private static final int CHARACTER = 2;

	/** Returns what an entry counts as: everything that its event holds. */
	static int sizeOf(@Nullable SseEvent event) {
		if (event == null) {
			return OVERHEAD;
		}
		SseFrame frame = SseFrame.of(event);
		return OVERHEAD + ((frame != null) ? frame.length() : 0) + sizeOf(event.id()) + sizeOf(event.name())
				+ sizeOf(event.comment());
	}

	private static int sizeOf(@Nullable String text) {
		return (text != null) ? CHARACTER * text.length() : 0;
	}

	boolean isEnd() {
		return this.event == null;
	}

}
