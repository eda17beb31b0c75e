package io.github.sse4spring.hub;

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

	/** Return the id to resume after. */
	String get() {
		LeftOut leftOut = this.leftOut;
		String handedOver = this.handedOver;
		return (leftOut != null && leftOut.after().equals(handedOver)) ? leftOut.upTo() : handedOver;
	}

	boolean isHandedOverLast(String id) {
		return id.equals(this.handedOver);
	}

	/**
	 * Return the id to resume after for a client that has received an id and nothing
	 * behind it.
	 * @return {@code null} if that is not certain
	 */
	@Nullable String after(String id) {
		// Read "leftOut" first: nothing can have been handed over between the two reads
		// then. An id of a publisher's own may occur twice, so it says nothing.
		LeftOut leftOut = this.leftOut;
		if (!id.equals(this.handedOver) || !Position.isShapeOf(id)) {
			return null;
		}
		return (leftOut != null && leftOut.after().equals(id)) ? leftOut.upTo() : id;
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
