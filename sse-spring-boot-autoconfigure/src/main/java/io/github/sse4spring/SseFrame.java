package io.github.sse4spring;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of an event that a hub has published. All streams that write the event share
 * them. The bytes can be copied but not changed. Immutable. Internal: a hub creates it,
 * and a stream writes it.
 *
 * @since 0.1.0
 */
public final class SseFrame {

	/** Ends in the line of the id and a blank line. */
	private final byte[] bytes;

	/**
	 * How many of the bytes are written. If it is not all of them, a blank line follows.
	 */
	private final int end;

	private final long publishedAt;

	private SseFrame(byte[] bytes, int end, long publishedAt) {
		this.bytes = bytes;
		this.end = end;
		this.publishedAt = publishedAt;
	}

	/**
	 * Return the event that a hub retains. It has a topic, an id and encoded bytes, but
	 * not the value that it was created from.
	 * @param event the event to publish
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
	 * @return its frame, or {@code null} if the event does not come from a hub or was
	 * changed by an operator
	 */
	public static @Nullable SseFrame of(SseEvent event) {
		return event.frame();
	}

	/**
	 * Return the length of the frame on the wire.
	 * @return the number of bytes
	 */
	public int length() {
		return isWhole() ? this.end : this.end + 1;
	}

	/**
	 * Return when the event was published.
	 * @return the time as a value of {@link System#nanoTime()}
	 */
	public long publishedAt() {
		return this.publishedAt;
	}

	/**
	 * Copy bytes of the frame.
	 * @param from the index of the first byte to copy
	 * @param length how many bytes to copy
	 * @param target the buffer to copy to
	 */
	public void copyTo(int from, int length, ByteBuffer target) {
		int own = Math.min(length, this.end - from);
		target.put(this.bytes, from, own);
		if (own < length) {
			target.put((byte) '\n');
		}
	}

	/** Return this frame without the line of the id. */
	SseFrame withoutId() {
		return new SseFrame(this.bytes, SseFields.startOfLastLine(this.bytes), this.publishedAt);
	}

	/** Return the data as text. Each call decodes it again. */
	@Nullable String text() {
		return SseFields.dataOf(this.bytes);
	}

	private boolean isWhole() {
		return this.end == this.bytes.length;
	}

}
