package io.github.sse4spring;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of an event that a hub has published, shared by all who have the event. They
 * can be copied, and never changed. Immutable. Internal: a hub makes it, and a stream
 * writes it.
 *
 * @since 0.1.0
 */
public final class SseFrame {

	/** Ends in the line of the id and a blank line. */
	private final byte[] bytes;

	/** How many bytes are written; a blank line follows them if that is not all. */
	private final int end;

	private final long publishedAt;

	private SseFrame(byte[] bytes, int end, long publishedAt) {
		this.bytes = bytes;
		this.end = end;
		this.publishedAt = publishedAt;
	}

	/**
	 * Return an event as a hub retains it: with its topic, its id and its bytes, and
	 * without the value that it was made of.
	 * @param event the event that is published
	 * @param topic the topic
	 * @param id the id
	 * @param bytes the encoded event, which ends in the line of the id and a blank line.
	 * The caller must not use the array again
	 * @return the event to retain
	 */
	public static SseEvent retain(SseEvent event, String topic, String id, byte[] bytes) {
		return new SseEvent(event, topic, id, new SseFrame(bytes, bytes.length, System.nanoTime()));
	}

	/**
	 * Return the frame of an event.
	 * @param event the event
	 * @return its frame, or {@code null} if no hub has published it as it is
	 */
	public static @Nullable SseFrame of(SseEvent event) {
		return event.frame();
	}

	/**
	 * Return how long the frame is on the wire.
	 * @return the number of bytes
	 */
	public int length() {
		return isWhole() ? this.end : this.end + 1;
	}

	/**
	 * Return when the event was published.
	 * @return the time as {@link System#nanoTime()} gives it
	 */
	public long publishedAt() {
		return this.publishedAt;
	}

	/**
	 * Copy bytes of the frame.
	 * @param from the first byte to copy
	 * @param length how many bytes to copy
	 * @param target the buffer to put them into
	 */
	public void copyTo(int from, int length, ByteBuffer target) {
		int own = Math.min(length, this.end - from);
		target.put(this.bytes, from, own);
		if (own < length) {
			target.put((byte) '\n');
		}
	}

	/** The same frame without the line of the id. */
	SseFrame withoutId() {
		return new SseFrame(this.bytes, SseFields.startOfLastLine(this.bytes), this.publishedAt);
	}

	/** The data as text, decoded anew with each call. */
	@Nullable String text() {
		return SseFields.dataOf(this.bytes);
	}

	private boolean isWhole() {
		return this.end == this.bytes.length;
	}

}
