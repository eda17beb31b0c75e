package io.github.sse4spring.hub;

import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;

/**
 * The position of a subscription on its stream: the id of the event that was handed over
 * last, or the position up to which events were left out since. Written by one thread at
 * a time, read by any thread.
 */
final class SourcePosition {

	private volatile String handedOver = "";

	private volatile @Nullable LeftOut leftOut;

	/** An event, a notice or the start with this id is handed over. */
	void handOver(String id) {
		this.handedOver = id;
		if (this.leftOut != null) {
			this.leftOut = null;
		}
	}

	/** The events up to this position are not handed over. */
	void leaveOut(String upTo) {
		this.leftOut = new LeftOut(this.handedOver, upTo);
	}

	/** On any thread: a snapshot. */
	SseStream.Progress progress() {
		// Read "leftOut" first: nothing can have been handed over between the two reads
		// then.
		LeftOut leftOut = this.leftOut;
		String handedOver = this.handedOver;
		return new Progress(handedOver,
				(leftOut != null && leftOut.after().equals(handedOver)) ? leftOut.upTo() : handedOver);
	}

	/**
	 * How far the subscription has come at one moment.
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
