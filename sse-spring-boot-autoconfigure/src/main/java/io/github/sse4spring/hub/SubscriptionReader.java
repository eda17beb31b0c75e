package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a subscription hands over next: the events of its topics that match its
 * filter, and the notices that are for its flux. Used by one thread at a time.
 */
final class SubscriptionReader implements SseStream.Display {

	private final SseSubscription description;

	private final ReadableLog log;

	private final Owner owner;

	private final TopicMerger merger;

	private final SubscriptionNotices notices;

	private final LagNotices lagNotices;

	private final SourcePosition position;

	/** Receives the id of an event before the event is handed over. */
	private @Nullable Consumer<String> handOvers;

	/**
	 * An event that was read but is not handed over yet, since a notice must be handed
	 * over before it.
	 */
	private @Nullable SseEvent held;

	private volatile boolean ended;

	SubscriptionReader(SseSubscription description, ReadableLog log, Owner owner, SubscriptionNotices notices,
			LagNotices lagNotices, SourcePosition position) {
		this.description = description;
		this.log = log;
		this.owner = owner;
		this.merger = new TopicMerger(log);
		this.notices = notices;
		this.lagNotices = lagNotices;
		this.position = position;
	}

	/** Set the cursors to read from. Called before every other method. */
	void startAt(List<Cursor> cursors, long tail) {
		this.merger.startAt(cursors, tail);
	}

	/**
	 * Set the consumer that receives the id of each event before the event is handed
	 * over. Called before the first event is read.
	 */
	void handOverTo(@Nullable Consumer<String> handOvers) {
		this.handOvers = handOvers;
	}

	/** On any thread: read no more events. */
	void end() {
		this.ended = true;
	}

	/** On any thread. */
	boolean hasEnded() {
		return this.ended;
	}

	@Nullable SseEvent poll() {
		SseEvent event = this.notices.pollForFlux();
		if (event == null) {
			event = (this.held != null) ? this.held : next();
			this.held = null;
			SseEvent notice = this.notices.pollForFlux();
			if (notice != null) {
				this.held = event;
				event = notice;
			}
		}
		if (event != null && event.id() != null) {
			if (this.handOvers != null && !this.ended) {
				this.handOvers.accept(event.id());
			}
			this.position.handOver(event.id());
		}
		return event;
	}

	private @Nullable SseEvent next() {
		SseEvent event = null;
		while (event == null && !this.ended) {
			Slot slot = this.merger.next();
			this.lagNotices.addMissed(this.merger.takeSkipped());
			if (slot == null) {
				this.owner.nothingLeft();
				tellQuietLag();
				return null;
			}
			event = handOver(slot);
		}
		return event;
	}

	private @Nullable SseEvent handOver(Slot slot) {
		this.lagNotices.tell(slot.sequence() - 1);
		SseEvent event = Objects.requireNonNull(slot.event());
		if (!this.description.takes(event)) {
			this.position.leaveOut(Objects.requireNonNull(event.id()));
			return null;
		}
		return this.description.resumes() ? event : event.withoutId();
	}

	private void tellQuietLag() {
		if (this.ended || !this.lagNotices.hasMissed()) {
			return;
		}
		long upTo = this.merger.readUpTo();
		if (this.lagNotices.tellIfQuiet(upTo, this.owner::lookAgainAfter)) {
			this.position.leaveOut(this.log.positionAt(upTo).toString());
		}
	}

	/** Let the next poll report missed events, even if no event follows them. */
	void quietTimePassed() {
		this.lagNotices.quietTimePassed();
	}

	/**
	 * Read the end of the subscription, unless an event is left before it. The end needs
	 * no demand.
	 */
	void readEnd() {
		if (this.held == null) {
			this.merger.readEnd();
		}
	}

	/** Whether the end was read, and everything before it was handed over. */
	boolean reachEnd() {
		if (this.held != null || !this.merger.isAtEnd()) {
			return false;
		}
		this.lagNotices.tell(this.log.tail() - 1);
		return !this.notices.hasMoreForFlux();
	}

	/**
	 * Return the lag policy that ends the subscription, or {@code null} if the
	 * subscription has not lagged under such a policy.
	 */
	@Nullable SseLagPolicy endedByLag() {
		return this.merger.endedBy();
	}

	SseLagException lagException() {
		return new SseLagException(this.description.topics(), this.merger.behind());
	}

	/**
	 * Return whether no event is left to read. A notice or the end of the subscription
	 * may be left.
	 */
	boolean isEmpty() {
		return this.ended || (this.held == null && this.merger.isEmpty());
	}

	void clear() {
		this.held = null;
		this.notices.clearForFlux();
	}

	@Override
	public List<String> topics() {
		return this.description.topics();
	}

	@Override
	public long lag() {
		return this.ended ? 0 : this.merger.lag();
	}

	/**
	 * Return whether the subscription has read all entries that were in the log at its
	 * start.
	 */
	@Override
	public boolean isLive() {
		return this.merger.isCaughtUp();
	}

	/**
	 * The subscription that a reader belongs to.
	 */
	interface Owner {

		/**
		 * End the subscription if its end was read or if its lag policy ends it. Called
		 * when no event can be read now.
		 */
		void nothingLeft();

		/** After a delay, call {@link #quietTimePassed()} and read again. */
		void lookAgainAfter(Duration delay);

	}

}
