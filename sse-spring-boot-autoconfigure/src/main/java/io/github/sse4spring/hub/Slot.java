package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseFrame;
import io.github.sse4spring.SseFrames;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the log, in the ring of its topic.
 *
 * @param index the index in the topic; indexes are dense
 * @param sequence the sequence in the log
 * @param eventsBefore how many events of the topic have a lower index: the index less the
 * number of ends before it
 * @param isAfterEnd whether the previous entry of the topic is an end
 * @param event the event with its id and its frame, or {@code null} for an end of the
 * topic
 * @param size the size that counts towards the bound of the hub, in bytes
 * @param time the time of publishing, in milliseconds
 */
record Slot(long index, long sequence, long eventsBefore, boolean isAfterEnd, @Nullable SseEvent event, int size,
		long time) {

	/** The size of a slot without the bytes and characters of its event. */
	static final int OVERHEAD = 128;

	/** A character takes up to two bytes in memory. */
	private static final int CHARACTER = 2;

	/**
	 * Return the size of an entry: an overhead, the encoded bytes of its event, and the
	 * characters of its id, name and comment.
	 */
	static int sizeOf(@Nullable SseEvent event) {
		if (event == null) {
			return OVERHEAD;
		}
		SseFrame frame = SseFrames.of(event);
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
