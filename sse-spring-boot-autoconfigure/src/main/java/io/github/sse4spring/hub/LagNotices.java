package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.function.Consumer;

import io.github.sse4spring.SseSubscription;

/**
 * Counts the events that a subscription has missed, and reports them in a notice. The
 * notice comes before the next event, or after a short time if no event follows. Used by
 * one thread at a time, like the subscription.
 */
final class LagNotices {

	/** How long the notice waits for the next event. */
	private static final Duration QUIET = Duration.ofMillis(500);

	private final SseSubscription description;

	private final ReadableLog log;

	private final Listeners listeners;

	private final SubscriptionNotices notices;

	private long missed;

	/** Whether a call of {@link #quietTimePassed()} is scheduled. */
	private volatile boolean waiting;

	/** Whether the notice has waited for long enough. */
	private volatile boolean due;

	LagNotices(SseSubscription description, ReadableLog log, Listeners listeners, SubscriptionNotices notices) {
		this.description = description;
		this.log = log;
		this.listeners = listeners;
		this.notices = notices;
	}

	void addMissed(long count) {
		if (count > 0) {
			this.missed += count;
			this.listeners.tell((listener) -> listener.onLag(this.description, count));
		}
	}

	/** Whether events were missed that no notice has reported yet. */
	boolean hasMissed() {
		return this.missed > 0;
	}

	/**
	 * Add a notice with the number of missed events. Every event up to the given sequence
	 * was received or missed.
	 */
	void tell(long upTo) {
		if (this.missed > 0) {
			this.due = false;
			this.notices.add(Notices.lag(this.missed, this.log.positionAt(upTo)));
			this.missed = 0;
		}
	}

	/**
	 * Report missed events although no event follows them. They are reported within a
	 * second, but not at once, since more events may be missed in the meantime.
	 * @param upTo the sequence up to which every event was received or missed
	 * @param lookAgainAfter arranges a call of {@link #quietTimePassed()} after a delay
	 * @return whether a notice was added
	 */
	boolean tellIfQuiet(long upTo, Consumer<Duration> lookAgainAfter) {
		if (this.due) {
			tell(upTo);
			return true;
		}
		if (!this.waiting) {
			this.waiting = true;
			lookAgainAfter.accept(QUIET);
		}
		return false;
	}

	/**
	 * Let the next call of {@link #tellIfQuiet} report the missed events, even if no
	 * event follows them.
	 */
	void quietTimePassed() {
		this.waiting = false;
		this.due = true;
	}

}
