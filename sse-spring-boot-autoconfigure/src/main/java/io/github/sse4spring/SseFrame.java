package io.github.sse4spring;

import java.lang.ref.SoftReference;
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

	/**
	 * The data, once it is decoded. Softly referenced: the memory limit of a hub counts
	 * only the bytes.
	 */
	private volatile @Nullable SoftReference<String> decoded;

	/** The whole bytes of an event that is published now. */
	SseFrame(byte[] bytes) {
		this(bytes, bytes.length, System.nanoTime());
	}

	private SseFrame(byte[] bytes, int end, long publishedAt) {
		this.bytes = bytes;
		this.end = end;
		this.publishedAt = publishedAt;
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

	/** Return the data as text. It is decoded once, unless memory gets short. */
	@Nullable String text() {
		SoftReference<String> decoded = this.decoded;
		String text = (decoded != null) ? decoded.get() : null;
		if (text == null) {
			text = SseFields.dataOf(this.bytes);
			this.decoded = new SoftReference<>(text);
		}
		return text;
	}

	private boolean isWhole() {
		return this.end == this.bytes.length;
	}

}
