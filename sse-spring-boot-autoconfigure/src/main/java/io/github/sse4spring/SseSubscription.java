package io.github.sse4spring;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Describes a subscription to topics of a hub: where it starts, and how it handles lag,
 * filtering and resuming. Immutable and reusable: each method returns a copy.
 *
 * <pre class="code">
 * hub.subscribe(SseSubscription.to("orders", "prices").last(10).onLag(SKIP_TO_LATEST));
 * </pre>
 *
 * @since 0.1.0
 */
public final class SseSubscription {

	/** The largest number of topics. */
	public static final int MAX_TOPICS = 64;

	private final List<String> topics;

	private final Start start;

	private final int count;

	private final @Nullable String afterId;

	private final @Nullable Integer bufferSize;

	private final @Nullable SseLagPolicy lagPolicy;

	private final @Nullable Predicate<SseEvent> filter;

	private final boolean resume;

	private final boolean notices;

	private SseSubscription(Copy copy) {
		this.topics = copy.topics;
		this.start = copy.start;
		this.count = copy.count;
		this.afterId = copy.afterId;
		this.bufferSize = copy.bufferSize;
		this.lagPolicy = copy.lagPolicy;
		this.filter = copy.filter;
		this.resume = copy.resume;
		this.notices = copy.notices;
	}

	/**
	 * Where a subscriber starts unless it resumes.
	 */
	public enum Start {

		/** With the next event to be published. */
		LATEST,

		/** With the oldest event that is retained. */
		EARLIEST,

		/** With the newest events over all topics of the subscription. */
		LAST,

		/** After a given id. The last event ID of the client is ignored. */
		AFTER

	}

	/**
	 * Describe a subscription to topics. Duplicates are removed. A name is taken as it
	 * is: {@code *} stands for itself.
	 * @param topics one to 64 topics, each of 1 to 128 bytes of UTF-8 without controls
	 * @return the description
	 * @throws IllegalArgumentException if a topic or the number of topics is not valid
	 */
	public static SseSubscription to(String... topics) {
		return to(List.of(topics));
	}

	/**
	 * Describe a subscription to topics. Duplicates are removed. A name is taken as it
	 * is: {@code *} stands for itself.
	 * @param topics one to 64 topics, each of 1 to 128 bytes of UTF-8 without controls
	 * @return the description
	 * @throws IllegalArgumentException if a topic or the number of topics is not valid
	 */
	public static SseSubscription to(Collection<String> topics) {
		Copy copy = new Copy();
		copy.topics = List.copyOf(new LinkedHashSet<>(topics));
		if (copy.topics.isEmpty() || copy.topics.size() > MAX_TOPICS) {
			throw new IllegalArgumentException(
					"topics must be 1 to %d but are %d".formatted(MAX_TOPICS, copy.topics.size()));
		}
		copy.topics.forEach(SseFields::checkTopic);
		return new SseSubscription(copy);
	}

	/**
	 * Start with the next event to be published. This is the default.
	 * @return a copy with this start
	 */
	public SseSubscription latest() {
		return startingAt(Start.LATEST, 0, null);
	}

	/**
	 * Start with the oldest event that is retained.
	 * @return a copy with this start
	 */
	public SseSubscription earliest() {
		return startingAt(Start.EARLIEST, 0, null);
	}

	/**
	 * Start with the newest events over all topics.
	 * @param n how many events, zero or more; zero is {@link #latest()}
	 * @return a copy with this start
	 */
	public SseSubscription last(int n) {
		if (n < 0) {
			throw new IllegalArgumentException("last must not be negative but is " + n);
		}
		return startingAt((n != 0) ? Start.LAST : Start.LATEST, n, null);
	}

	/**
	 * Start after an id, and ignore the last event ID of the client.
	 * @param id the id of an event, or a position; {@code null} is {@link #latest()}
	 * @return a copy with this start
	 */
	public SseSubscription after(@Nullable String id) {
		return startingAt((id != null) ? Start.AFTER : Start.LATEST, 0, id);
	}

	private SseSubscription startingAt(Start start, int count, @Nullable String afterId) {
		Copy copy = new Copy(this);
		copy.start = start;
		copy.count = count;
		copy.afterId = afterId;
		return new SseSubscription(copy);
	}

	/**
	 * Set how many events of each topic the subscriber may be behind.
	 * @param bufferSize one or more
	 * @return a copy with this buffer size
	 */
	public SseSubscription bufferSize(int bufferSize) {
		if (bufferSize < 1) {
			throw new IllegalArgumentException("bufferSize must be 1 or more but is " + bufferSize);
		}
		Copy copy = new Copy(this);
		copy.bufferSize = bufferSize;
		return new SseSubscription(copy);
	}

	/**
	 * Set what happens when the subscriber is more than its buffer size behind.
	 * @param lagPolicy the policy
	 * @return a copy with this policy
	 */
	public SseSubscription onLag(SseLagPolicy lagPolicy) {
		Copy copy = new Copy(this);
		copy.lagPolicy = Objects.requireNonNull(lagPolicy, "lagPolicy must not be null");
		return new SseSubscription(copy);
	}

	/**
	 * Take only the events that match a filter. If it is called several times, an event
	 * must match all filters. Unlike {@code Flux.filter}, this keeps the position of the
	 * subscriber on any stream. {@link #last(int)} and the number of missed events count
	 * all events, also those that the filter leaves out.
	 * @param filter whether to take an event. The data of the event is
	 * {@linkplain SseEvent#text() text}, also if it was published as JSON. Called on the
	 * event loop of the stream. If it throws, the flux fails before this event, and a
	 * client that resumes meets the same event again
	 * @return a copy with this filter
	 */
	public SseSubscription filter(Predicate<SseEvent> filter) {
		Objects.requireNonNull(filter, "filter must not be null");
		Copy copy = new Copy(this);
		copy.filter = (this.filter != null) ? this.filter.and(filter) : filter;
		return new SseSubscription(copy);
	}

	/**
	 * Subscribe without a position on the stream. Events have no id, and the last event
	 * ID of the client is ignored. Several such fluxes may be merged. One may also be
	 * shared by several streams; its notices are then in the flux, and each of the
	 * streams receives them.
	 * @return a copy without resume
	 */
	public SseSubscription withoutResume() {
		Copy copy = new Copy(this);
		copy.resume = false;
		return new SseSubscription(copy);
	}

	/**
	 * Put notices into the flux. Use it for a consumer that is not the response of a
	 * request. Has no effect on a flux that becomes a stream and resumes: the stream
	 * writes its notices past the flux.
	 * @return a copy with notices
	 */
	public SseSubscription withNotices() {
		Copy copy = new Copy(this);
		copy.notices = true;
		return new SseSubscription(copy);
	}

	/**
	 * Return the topics.
	 * @return the topics, in the order given
	 */
	public List<String> topics() {
		return this.topics;
	}

	/**
	 * Return where a subscriber starts unless it resumes.
	 * @return the start
	 */
	public Start start() {
		return this.start;
	}

	/**
	 * Return how many events {@link Start#LAST} starts with.
	 * @return the number of events
	 */
	public int count() {
		return this.count;
	}

	/**
	 * Return the id that {@link Start#AFTER} starts after.
	 * @return the id, or {@code null} for another start
	 */
	public @Nullable String afterId() {
		return this.afterId;
	}

	/**
	 * Return how many events of each topic the subscriber may be behind.
	 * @return the buffer size, or {@code null} to use the setting of each topic
	 */
	public @Nullable Integer bufferSize() {
		return this.bufferSize;
	}

	/**
	 * Return what happens when the subscriber is more than its buffer size behind.
	 * @return the policy, or {@code null} to use the setting of the topic that lags
	 */
	public @Nullable SseLagPolicy lagPolicy() {
		return this.lagPolicy;
	}

	/**
	 * Return whether the subscription takes an event.
	 * @param event the event
	 * @return the result of the filter, or {@code true} without a filter
	 */
	public boolean takes(SseEvent event) {
		return this.filter == null || this.filter.test(event);
	}

	/**
	 * Return whether the subscriber has the position of its stream.
	 * @return {@code false} after {@link #withoutResume()}
	 */
	public boolean resumes() {
		return this.resume;
	}

	/**
	 * Return whether notices are put into the flux.
	 * @return {@code true} after {@link #withNotices()}
	 */
	public boolean hasNotices() {
		return this.notices;
	}

	@Override
	public String toString() {
		return "SseSubscription[topics=" + this.topics + ", start=" + this.start + ']';
	}

	private static final class Copy {

		private List<String> topics = List.of();

		private Start start = Start.LATEST;

		private int count;

		private @Nullable String afterId;

		private @Nullable Integer bufferSize;

		private @Nullable SseLagPolicy lagPolicy;

		private @Nullable Predicate<SseEvent> filter;

		private boolean resume = true;

		private boolean notices;

		private Copy() {
		}

		private Copy(SseSubscription subscription) {
			this.topics = subscription.topics;
			this.start = subscription.start;
			this.count = subscription.count;
			this.afterId = subscription.afterId;
			this.bufferSize = subscription.bufferSize;
			this.lagPolicy = subscription.lagPolicy;
			this.filter = subscription.filter;
			this.resume = subscription.resume;
			this.notices = subscription.notices;
		}

	}

}
