package io.github.sse4spring.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

import io.github.sse4spring.SseFrame;
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

	/** Each an array of bytes, or an {@link SseFrame}. */
	private final ArrayDeque<Object> frames = new ArrayDeque<>(MAX_FRAMES + 2);

	/** How many bytes of the first frame are moved already. */
	private int offset;

	private int size;

	StreamBatch() {
	}

	boolean isEmpty() {
		return this.frames.isEmpty();
	}

	/**
	 * Return whether no more events should be added, since the batch has its maximum
	 * number of frames or of bytes.
	 */
	boolean isFull() {
		return this.frames.size() >= MAX_FRAMES || hasMaxBytes();
	}

	boolean hasMaxBytes() {
		return this.size >= MAX_BYTES;
	}

	/** Return how many bytes of all frames are not moved yet. */
	int size() {
		return this.size;
	}

	void add(byte @Nullable [] frame) {
		if (frame != null && frame.length > 0) {
			this.frames.add(frame);
			this.size += frame.length;
		}
	}

	void add(SseFrame frame) {
		this.frames.add(frame);
		this.size += frame.length();
	}

	/** Add a frame before all others. Not after bytes were moved. */
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
			int end = lengthOf(first);
			int count = Math.min(target.remaining(), end - this.offset);
			copy(first, this.offset, count, target);
			this.offset += count;
			if (this.offset == end) {
				this.frames.removeFirst();
				this.offset = 0;
			}
		}
	}

	private static int lengthOf(Object frame) {
		return (frame instanceof SseFrame shared) ? shared.length() : ((byte[]) frame).length;
	}

	private static void copy(Object frame, int from, int length, ByteBuffer target) {
		if (frame instanceof SseFrame shared) {
			shared.copyTo(from, length, target);
		}
		else {
			target.put((byte[]) frame, from, length);
		}
	}

	void clear() {
		this.frames.clear();
		this.offset = 0;
		this.size = 0;
	}

}
