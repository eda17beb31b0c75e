package io.github.sse4spring.stream;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * The frames of a stream that come from no source: notices, and the last frame. On the
 * loop of the stream only.
 */
final class OwnFrames {

	/** Notices to be written before the next events. */
	private final Deque<byte[]> ahead = new ArrayDeque<>();

	private byte @Nullable [] last;

	private boolean lastTaken;

	void addAhead(byte[] frame) {
		this.ahead.add(frame);
	}

	void moveAheadTo(StreamBatch batch) {
		while (!this.ahead.isEmpty()) {
			batch.add(this.ahead.remove());
		}
	}

	void clearAhead() {
		this.ahead.clear();
	}

	/** Set the frame that ends the stream, which may be empty. */
	void setLast(byte[] frame) {
		this.last = frame;
	}

	boolean hasLast() {
		return this.last != null;
	}

	/** Add the last frame to a batch, if there is one: the batch is the last one then. */
	void addLastTo(StreamBatch batch) {
		batch.add(this.last);
		this.lastTaken = (this.last != null);
	}

	/** Whether the last frame is in a batch. */
	boolean isLastTaken() {
		return this.lastTaken;
	}

}
