package io.github.sse4spring.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

/**
 * Frames that are written together: as one buffer, one write and one flush, or in parts
 * if they are large. On the loop of the stream only. Internal: a {@link StreamTransport}
 * takes bytes from it.
 *
 * @since 0.1.0
 */
public final class StreamBatch {

	private static final int MAX_FRAMES = 64;

	private static final int MAX_BYTES = 32 * 1024;

	private static final byte[] BLANK_LINE = { '\n' };

	/** Each an array of bytes, or a part of one. */
	private final ArrayDeque<Object> frames = new ArrayDeque<>(MAX_FRAMES + 2);

	/** How many bytes of the first frame were moved away. */
	private int offset;

	private int size;

	StreamBatch() {
	}

	boolean isEmpty() {
		return this.frames.isEmpty();
	}

	/** Whether no more events should be taken: there are many, or one was large. */
	boolean isFull() {
		return this.frames.size() >= MAX_FRAMES || hasMaxBytes();
	}

	boolean hasMaxBytes() {
		return this.size >= MAX_BYTES;
	}

	/** The bytes of all frames together, without those that were moved away. */
	int size() {
		return this.size;
	}

	void add(byte @Nullable [] frame) {
		if (frame != null && frame.length > 0) {
			this.frames.add(frame);
			this.size += frame.length;
		}
	}

	/**
	 * Add a frame.
	 * @param length how many bytes of it to write; if that is not all, a blank line
	 * follows
	 */
	void add(byte[] frame, int length) {
		if (length == frame.length) {
			add(frame);
		}
		else {
			this.frames.add(new Part(frame, length));
			this.size += length;
			add(BLANK_LINE);
		}
	}

	/** Add a frame before all others, as long as no byte was moved away. */
	void addFirst(byte[] frame) {
		this.frames.addFirst(frame);
		this.size += frame.length;
	}

	/**
	 * Move bytes from the beginning of this batch.
	 * @param target filled up to its limit
	 */
	public void moveTo(ByteBuffer target) {
		this.size -= target.remaining();
		while (target.hasRemaining()) {
			Object first = this.frames.getFirst();
			byte[] bytes = bytes(first);
			int end = (first instanceof Part part) ? part.length : bytes.length;
			int count = Math.min(target.remaining(), end - this.offset);
			target.put(bytes, this.offset, count);
			this.offset += count;
			if (this.offset == end) {
				this.frames.removeFirst();
				this.offset = 0;
			}
		}
	}

	private static byte[] bytes(Object frame) {
		if (frame instanceof Part part) {
			return part.frame;
		}
		return (byte[]) frame;
	}

	void clear() {
		this.frames.clear();
		this.offset = 0;
		this.size = 0;
	}

	/**
	 * The beginning of a frame that many streams share.
	 */
	private static final class Part {

		private final byte[] frame;

		private final int length;

		private Part(byte[] frame, int length) {
			this.frame = frame;
			this.length = length;
		}

	}

}
