package io.github.sse4spring;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Describes what a subscriber of a hub wants. Immutable and reusable: each method returns
 * a copy.
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
	 * Where a subscriber begins that does not resume.
	 */
	public enum Start {

		/** With the next event to be published. */
		LATEST,

		/** With the oldest event that is retained. */
		EARLIEST,

		/** With the newest few over all its topics. */
		LAST,

		/** After an id, whatever the client has sent. */
		AFTER

	}

	/**
	 * Describe a subscription to topics. Duplicates collapse.
	 * @param topics one to 64 topics, each of 1 to 128 bytes of UTF-8 without controls
	 * @return the description
	 */
	public static SseSubscription to(String... topics) {
		return to(List.of(topics));
	}

	/**
	 * Describe a subscription to topics. Duplicates collapse.
	 * @param topics one to 64 topics, each of 1 to 128 bytes of UTF-8 without controls
	 * @return the description
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
	 * Begin with the next event to be published, which is the default.
	 * @return a copy that does so
	 */
	public SseSubscription latest() {
		return startingAt(Start.LATEST, 0, null);
	}

	/**
	 * Begin with the oldest event that is retained.
	 * @return a copy that does so
	 */
	public SseSubscription earliest() {
		return startingAt(Start.EARLIEST, 0, null);
	}

	/**
	 * Begin with the newest events over all topics.
	 * @param n how many; zero is {@link #latest()}
	 * @return a copy that does so
	 */
	public SseSubscription last(int n) {
		if (n < 0) {
			throw new IllegalArgumentException("last must not be negative but is " + n);
		}
		return startingAt((n != 0) ? Start.LAST : Start.LATEST, n, null);
	}

	/**
	 * Begin after an id, whatever the client has sent.
	 * @param id an id of an event or a position; {@code null} is {@link #latest()}
	 * @return a copy that does so
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
	 * Take only some events. Unlike the operator of the flux this keeps the position of
	 * the subscriber on any stream. Several are all asked.
	 * @param filter whether to take an event; called on the event loop of the stream
	 * @return a copy with this filter
	 */
	public SseSubscription filter(Predicate<SseEvent> filter) {
		Copy copy = new Copy(this);
		copy.filter = (this.filter != null) ? this.filter.and(filter) : filter;
		return new SseSubscription(copy);
	}

	/**
	 * Have no position on the stream: events come without id, and what the client has
	 * sent is ignored. Several such fluxes may be merged, and one may be shared; its
	 * notices are in the flux then, where all streams get them.
	 * @return a copy without resume
	 */
	public SseSubscription withoutResume() {
		Copy copy = new Copy(this);
		copy.resume = false;
		return new SseSubscription(copy);
	}

	/**
	 * Put notices into the flux, for consumers that are not the response of a request.
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
	 * Return where a subscriber begins that does not resume.
	 * @return the start
	 */
	public Start start() {
		return this.start;
	}

	/**
	 * Return how many events {@link Start#LAST} begins with.
	 * @return the number of events
	 */
	public int count() {
		return this.count;
	}

	/**
	 * Return the id that {@link Start#AFTER} begins after.
	 * @return the id, or {@code null} for another start
	 */
	public @Nullable String afterId() {
		return this.afterId;
	}

	/**
	 * Return how many events of each topic the subscriber may be behind.
	 * @return the buffer size, or {@code null} for that of each topic
	 */
	public @Nullable Integer bufferSize() {
		return this.bufferSize;
	}

	/**
	 * Return what happens when the subscriber is more than its buffer size behind.
	 * @return the policy, or {@code null} for that of the topic that lags
	 */
	public @Nullable SseLagPolicy lagPolicy() {
		return this.lagPolicy;
	}

	/**
	 * Return whether an event is taken.
	 * @param event the event
	 * @return what the filter says, {@code true} without one
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
