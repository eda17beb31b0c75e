package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.function.Consumer;

import io.github.sse4spring.SseSubscription;

/**
 * Counts the events that a subscription has missed, and tells its client before the next
 * event. Used by one thread at a time, like the subscription.
 */
final class LagNotices {

	/** How long missed events wait for an event that follows them. */
	private static final Duration QUIET = Duration.ofMillis(500);

	private final SseSubscription description;

	private final ReadableLog log;

	private final Listeners listeners;

	private final SubscriptionNotices notices;

	private long missed;

	/** Whether a task will look at the missed events again. */
	private volatile boolean waiting;

	/** Whether the missed events have waited for long enough. */
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

	/** Add a notice that all events up to a sequence were received or missed. */
	void tell(long upTo) {
		if (this.missed > 0) {
			this.due = false;
			this.notices.add(Notices.lag(this.missed, this.log.positionAt(upTo)));
			this.missed = 0;
		}
	}

	/**
	 * No event follows now. Missed events are told within a second, but not at once,
	 * since more may be missed until then.
	 * @param upTo the sequence up to which nothing is left
	 * @param lookAgainAfter receives the delay after which to call this again
	 * @return whether a notice was added
	 */
	boolean tellIfQuiet(long upTo, Consumer<Duration> lookAgainAfter) {
		if (this.missed == 0) {
			return false;
		}
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

	/** The time has passed after which missed events are told without an event. */
	void quietTimePassed() {
		this.waiting = false;
		this.due = true;
	}

}
