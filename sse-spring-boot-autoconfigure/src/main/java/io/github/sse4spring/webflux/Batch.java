package io.github.sse4spring.webflux;

import java.util.ArrayDeque;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Frames that are written together: as one buffer, one write and one flush, or in parts
 * if they are large.
 */
final class Batch {

	private static final int MAX_FRAMES = 64;

	private static final int MAX_BYTES = 32 * 1024;

	private final ArrayDeque<byte[]> frames = new ArrayDeque<>(MAX_FRAMES + 2);

	/** How many bytes of the first frame were moved away. */
	private int offset;

	private int size;

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

	/** Add a frame before all others, as long as no byte was moved away. */
	void addFirst(byte[] frame) {
		this.frames.addFirst(frame);
		this.size += frame.length;
	}

	/** Move bytes from the beginning of this batch, of which there are so many. */
	void moveTo(DataBuffer buffer, int length) {
		this.size -= length;
		int missing = length;
		while (missing > 0) {
			byte[] first = this.frames.getFirst();
			int part = Math.min(missing, first.length - this.offset);
			buffer.write(first, this.offset, part);
			missing -= part;
			this.offset += part;
			if (this.offset == first.length) {
				this.frames.removeFirst();
				this.offset = 0;
			}
		}
	}

	void clear() {
		this.frames.clear();
		this.offset = 0;
		this.size = 0;
	}

}
