package io.github.sse4spring.hub;

import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;

/**
 * The position of a subscription on its stream. It is the id of the event that was handed
 * over last. If later events were left out, it is the position of the last of these.
 * Written by one thread at a time, read by any thread.
 */
final class SourcePosition {

	private volatile String handedOver = "";

	private volatile @Nullable LeftOut leftOut;

	/**
	 * Set the id of the event or notice that is handed over, or the position of the
	 * start.
	 */
	void handOver(String id) {
		this.handedOver = id;
		if (this.leftOut != null) {
			this.leftOut = null;
		}
	}

	/** Move to the given position, since the events up to there are left out. */
	void leaveOut(String upTo) {
		this.leftOut = new LeftOut(this.handedOver, upTo);
	}

	/** On any thread: a snapshot. */
	SseStream.Progress progress() {
		// Read "leftOut" first. If an event with another id is handed over between the
		// two reads, "after" differs from that id, so "leftOut" does not count.
		LeftOut leftOut = this.leftOut;
		String handedOver = this.handedOver;
		return new Progress(handedOver,
				(leftOut != null && leftOut.after().equals(handedOver)) ? leftOut.upTo() : handedOver);
	}

	/**
	 * A snapshot of how far the subscription has come.
	 */
	private record Progress(String handedOver, String position) implements SseStream.Progress {

		@Override
		public boolean isUnique() {
			return Position.isShapeOf(this.handedOver);
		}

	}

	/**
	 * Events that were left out.
	 *
	 * @param after the id that was handed over before them
	 * @param upTo the position of the last of them
	 */
	private record LeftOut(String after, String upTo) {

	}

}
