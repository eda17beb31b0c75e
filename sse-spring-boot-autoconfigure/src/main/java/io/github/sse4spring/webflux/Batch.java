package io.github.sse4spring.webflux;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Frames that will be one buffer, one write and one flush.
 */
final class Batch {

	private static final int MAX_FRAMES = 64;

	private static final int MAX_BYTES = 32 * 1024;

	private final List<byte[]> frames = new ArrayList<>(MAX_FRAMES + 2);

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

	/** The bytes of all frames together. */
	int size() {
		return this.size;
	}

	void add(byte @Nullable [] frame) {
		if (frame != null && frame.length > 0) {
			this.frames.add(frame);
			this.size += frame.length;
		}
	}

	void addFirst(byte[] frame) {
		this.frames.add(0, frame);
		this.size += frame.length;
	}

	void copyTo(DataBuffer buffer) {
		for (byte[] frame : this.frames) {
			buffer.write(frame);
		}
	}

	void clear() {
		this.frames.clear();
		this.size = 0;
	}

}
