package io.github.sse4spring.stream;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/**
 * Fills the batches of one stream, in the order of the wire: notices, the events of the
 * source, the position, a keep-alive, and the last frame. On the loop of the stream only.
 */
final class BatchFiller {

	private final BatchReader reader;

	private final StreamPosition position;

	private final StreamDeadlines deadlines;

	private final StreamListeners listeners;

	private final byte[] completed;

	/** Notices to be written before the next events. Few streams ever have one. */
	private @Nullable Deque<byte[]> ahead;

	private byte @Nullable [] last;

	private boolean lastTaken;

	/**
	 * Create it for one stream.
	 * @param completed the last frame if the source completes; may be empty
	 */
	BatchFiller(BatchReader reader, StreamPosition position, StreamDeadlines deadlines, StreamListeners listeners,
			byte[] completed) {
		this.reader = reader;
		this.position = position;
		this.deadlines = deadlines;
		this.listeners = listeners;
		this.completed = completed;
	}

	/** Add a notice of a source that does not have the position of the stream. */
	void addAhead(byte[] frame) {
		if (this.ahead == null) {
			this.ahead = new ArrayDeque<>();
		}
		this.ahead.add(frame);
	}

	/** Discard the notices that wait: the stream has ended. */
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

	/** Whether the last frame is in a batch. */
	boolean isLastTaken() {
		return this.lastTaken;
	}

	/**
	 * Add the notices that wait, and events.
	 * @return the failure that ended the source, or {@code null}
	 */
	@Nullable Throwable addEvents(StreamBatch batch) {
		if (this.ahead != null) {
			this.ahead.forEach((frame) -> batch.add(frame));
			this.ahead = null;
		}
		if (hasLast()) {
			return null;
		}
		Throwable failure = this.reader.fill(batch);
		if (failure == null && this.reader.isAtEnd()) {
			this.last = this.completed;
		}
		return failure;
	}

	/**
	 * Add the frames that stand behind the events.
	 * @param mayMove whether the position may move past events that were left out
	 * @param direct whether the source is polled by the writer itself
	 */
	void addOwnFrames(StreamBatch batch, boolean mayMove, boolean direct) {
		byte[] keepAlive = (batch.isEmpty() && !hasLast()) ? this.deadlines.dueKeepAlive() : null;
		boolean mustMove = mayMove && (!batch.isEmpty() || keepAlive != null);
		byte[] move = mustMove ? this.position.move(direct) : null;
		// The notices are added after the move was determined. A source adds a notice
		// before its position passes that notice, so the move does not pass a notice
		// that is not written.
		this.position.addAhead(batch, direct);
		batch.add(move);
		if (keepAlive != null) {
			batch.add(keepAlive);
			this.listeners.tell(SseStreamListener::onKeepAlive);
		}
		batch.add(this.last);
		this.lastTaken = hasLast();
	}

}
