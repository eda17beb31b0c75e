package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a subscription hands over next: the events of its topics that its filter
 * takes, and the notices that are for its flux. Used by one thread at a time.
 */
final class SubscriptionReader {

	private final SseSubscription description;

	private final ReadableLog log;

	private final Owner owner;

	private final TopicMerger merger;

	private final SubscriptionNotices notices;

	private final LagNotices lagNotices;

	private final SourcePosition position;

	/** Receives the id of an event before the event is handed over. */
	private @Nullable Consumer<String> handOvers;

	/** An event that was read before a notice that must be handed over first. */
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

	/** Before anything else: read from the positions of these cursors. */
	void startAt(List<Cursor> cursors, long tail) {
		this.merger.startAt(cursors, tail);
	}

	/** Before anything is handed over. */
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
		long upTo = this.merger.readUpTo();
		if (!this.ended && this.lagNotices.tellIfQuiet(upTo, this.owner::lookAgainAfter)) {
			this.position.leaveOut(this.log.positionAt(upTo).toString());
		}
	}

	/** Missed events have waited for an event behind them for long enough. */
	void quietTimePassed() {
		this.lagNotices.quietTimePassed();
	}

	/** Read the end, which needs no demand, unless something else is left. */
	void readEnd() {
		if (this.held == null) {
			this.merger.readEnd();
		}
	}

	/** Whether the end was read, and everything before it was handed over. */
	boolean isAtEnd() {
		if (this.held != null || !this.merger.isAtEnd()) {
			return false;
		}
		this.lagNotices.tell(this.log.tail() - 1);
		return !this.notices.hasMoreForFlux();
	}

	/**
	 * The policy under which the subscription has lagged and must not go on, or
	 * {@code null} while it may.
	 */
	@Nullable SseLagPolicy endedByLag() {
		return this.merger.endedBy();
	}

	SseLagException lag() {
		return new SseLagException(this.description.topics(), this.merger.behind());
	}

	/** Whether there is certainly nothing to be read. */
	boolean isEmpty() {
		return this.ended || (this.held == null && this.merger.isEmpty());
	}

	void clear() {
		this.held = null;
		this.notices.clearForFlux();
	}

	/** Whether it has reached the tail of its start once. */
	boolean isCaughtUp() {
		return this.merger.isCaughtUp();
	}

	/** On any thread: how many events it is behind, of all topics. */
	long behind() {
		return this.ended ? 0 : this.merger.lag();
	}

	/**
	 * The subscription that reads.
	 */
	interface Owner {

		/** No event is left now: end, if none will follow. */
		void nothingLeft();

		/** After a delay, call {@link #quietTimePassed()} and read again. */
		void lookAgainAfter(Duration delay);

	}

}
