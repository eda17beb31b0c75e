package io.github.sse4spring.stream;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * The frames that a stream writes apart from the events of its source: notices of sources
 * without the position of the stream, and the last frame. On the loop of the stream only.
 */
final class OwnFrames {

	/** Notices to be written before the next events. Few streams ever have one. */
	private @Nullable Deque<byte[]> ahead;

	private byte @Nullable [] last;

	private boolean lastTaken;

	void addAhead(byte[] frame) {
		if (this.ahead == null) {
			this.ahead = new ArrayDeque<>();
		}
		this.ahead.add(frame);
	}

	void moveAheadTo(StreamBatch batch) {
		if (this.ahead != null) {
			this.ahead.forEach((frame) -> batch.add(frame));
			this.ahead = null;
		}
	}

	void clearAhead() {
		this.ahead = null;
	}

	/** Set the frame that ends the stream, which may be empty. */
	void setLast(byte[] frame) {
		this.last = frame;
	}

	boolean hasLast() {
		return this.last != null;
	}

	/**
	 * Add the last frame to a batch, if it is set. That batch is then the last one of the
	 * stream.
	 */
	void addLastTo(StreamBatch batch) {
		batch.add(this.last);
		this.lastTaken = (this.last != null);
	}

	/** Whether the last frame is in a batch. */
	boolean isLastTaken() {
		return this.lastTaken;
	}

}
