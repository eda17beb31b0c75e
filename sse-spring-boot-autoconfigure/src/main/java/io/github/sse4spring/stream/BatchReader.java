package io.github.sse4spring.stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseFrame;
import io.github.sse4spring.SseFrames;
import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Fills a batch with events from the source, each preceded by its notices. On the loop of
 * its stream only.
 */
final class BatchReader {

	/**
	 * The delay of a batch if its first event did not wait in a hub, or if the delay is
	 * not measured.
	 */
	private static final long NO_DELAY = -1;

	private final SourceSubscriber sourceSubscriber;

	private final StreamPosition position;

	private final StreamListeners listeners;

	private int taken;

	private long delay;

	private boolean ended;

	BatchReader(SourceSubscriber sourceSubscriber, StreamPosition position, StreamListeners listeners) {
		this.sourceSubscriber = sourceSubscriber;
		this.position = position;
		this.listeners = listeners;
	}

	/**
	 * Fill a batch.
	 * @return the failure that ended the source, or {@code null}
	 */
	@Nullable Throwable fill(StreamBatch batch) {
		this.delay = NO_DELAY;
		try {
			while (!batch.isFull()) {
				SseEvent event = this.sourceSubscriber.poll();
				this.position.addAhead(batch, this.sourceSubscriber.isDirect());
				if (event == null) {
					this.ended = this.sourceSubscriber.isExhausted();
					return this.ended ? this.sourceSubscriber.error() : null;
				}
				this.position.add(event, batch, this.sourceSubscriber.isDirect());
				this.delay = (this.taken == 0) ? delayOf(event) : this.delay;
				this.taken++;
			}

			if (batch.hasMaxBytes()) {
				this.sourceSubscriber.narrow();
			}
			return null;
		}
		catch (Throwable ex) {
			// Catch errors too. If the stream went on without this event, the client
			// would miss the event without a notice.
			this.sourceSubscriber.cancel();
			return Exceptions.unwrap(ex);
		}
	}

	private long delayOf(SseEvent event) {
		if (this.listeners.isEmpty()) {
			return NO_DELAY;
		}
		SseStream.Source source = this.position.source();
		SseFrame frame = SseFrames.of(event);
		boolean live = (source != null && source.display().isLive());
		return (frame != null && live) ? System.nanoTime() - frame.publishedAt() : NO_DELAY;
	}

	/** Whether the source has ended and all of its events were taken. */
	boolean isAtEnd() {
		return this.ended;
	}

	/** How many events were taken since the last call. */
	int takeCount() {
		int count = this.taken;
		this.taken = 0;
		return count;
	}

	/**
	 * Return how long the first event of the last batch has waited in a hub, in
	 * nanoseconds. Negative if that is not known.
	 */
	long delay() {
		return this.delay;
	}

}
