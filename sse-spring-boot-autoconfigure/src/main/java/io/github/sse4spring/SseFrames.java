package io.github.sse4spring;

import org.jspecify.annotations.Nullable;

/**
 * Gives events their frames. Internal: a hub and a stream call it.
 *
 * @since 0.1.0
 */
public final class SseFrames {

	private SseFrames() {
	}

	/**
	 * Return the event that a hub retains. It has a topic, an id and encoded bytes, but
	 * not the value that it was created from.
	 * @param event the event to publish
	 * @param topic the topic
	 * @param id the id
	 * @param bytes the encoded event, which ends in the line of the id and a blank line.
	 * The caller must not use the array again, since the bytes are written as they are
	 * @return the event to retain
	 */
	public static SseEvent retain(SseEvent event, String topic, String id, byte[] bytes) {
		return new SseEvent(event, topic, id, new SseFrame(bytes));
	}

	/**
	 * Return the frame of an event.
	 * @param event the event
	 * @return its frame, or {@code null} if the event does not come from a hub or was
	 * changed by an operator
	 */
	public static @Nullable SseFrame of(SseEvent event) {
		return event.frame();
	}

}
