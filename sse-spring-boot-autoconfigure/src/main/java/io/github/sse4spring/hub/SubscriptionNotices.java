package io.github.sse4spring.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings the notices of a subscription to its client: through the flux, through the queue
 * that the writer of the stream polls, or directly to the stream.
 */
final class SubscriptionNotices {

	private final Queue<SseEvent> queue = new ConcurrentLinkedQueue<>();

	private final @Nullable SseStream stream;

	private final boolean hasPosition;

	private final boolean inFlux;

	/**
	 * Whether the stream may be woken. It is not woken before {@code onSubscribe} of the
	 * subscriber has returned.
	 */
	private volatile boolean subscribed;

	SubscriptionNotices(HubSubscriber subscriber) {
		this.stream = subscriber.stream();
		this.hasPosition = subscriber.description().resumes();
		this.inFlux = isInFlux(subscriber, subscriber.stream());
	}

	private static boolean isInFlux(HubSubscriber subscriber, @Nullable SseStream stream) {
		boolean wanted = subscriber.description().hasNotices();
		if (stream == null) {
			return wanted;
		}
		// If several streams share the flux, there is no single stream to write the
		// notices to, so they are in the flux.
		return !subscriber.description().resumes() && (wanted || !stream.isOnlyOneBehind(subscriber.actual()));
	}

	void subscribed() {
		this.subscribed = true;
	}

	/**
	 * Add a notice. The id of a notice moves the position of the stream. A subscription
	 * that does not have the position of the stream therefore adds its notices without
	 * id.
	 */
	void add(SseEvent notice) {
		SseEvent added = this.hasPosition ? notice : notice.withoutId();
		if (this.inFlux) {
			this.queue.add(added);
		}
		else if (this.stream != null && this.hasPosition) {
			this.queue.add(added);
			if (this.subscribed) {
				this.stream.wake();
			}
		}
		else if (this.stream != null) {
			this.stream.write(added);
		}
	}

	/** Take the next notice that is for the flux. */
	@Nullable SseEvent pollForFlux() {
		return this.inFlux ? this.queue.poll() : null;
	}

	/** Take the next notice that is for the writer of the stream. */
	@Nullable SseEvent pollForStream() {
		return this.inFlux ? null : this.queue.poll();
	}

	/** Return whether a notice for the flux is still in the queue. */
	boolean hasMoreForFlux() {
		return this.inFlux && !this.queue.isEmpty();
	}

	/**
	 * Remove the notices for the flux. The notices for the writer of the stream stay in
	 * the queue. The writer still polls them, since events that follow them may have
	 * arrived.
	 */
	void clearForFlux() {
		if (this.inFlux) {
			this.queue.clear();
		}
	}

}
