package io.github.sse4spring.hub;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseGapReason;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The hub in the memory of this process.
 */
final class DefaultSseHub implements SseHub {

	/*
	 * One short lock orders all publishes, starts and ends. Under it an entry gets its
	 * sequence, goes into its ring, and last of all the tail moves. A reader has no lock:
	 * it loads the tail once and treats what is at or beyond it as absent in every topic,
	 * so that what it has seen is a prefix of the log and one position stands for all
	 * topics.
	 *
	 * Nothing else happens under the lock: encoding, workers, and what a stream is asked
	 * come before it; waking, tasks and listeners after it. The tail is moved before a
	 * group is woken, and a group clears its flag before the tail is read, so no entry
	 * stays unseen.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final String epoch;

	private final HubSettings settings;

	private final SseEventEncoder encoder;

	private final Clock clock;

	private final Listeners listeners;

	private final Topics topics;

	private final LoopDispatchers dispatchers;

	/** For what happens later than a publish. */
	private final Scheduler scheduler;

	private final @Nullable AgeSweeper sweeper;

	private final OwnIds ownIds = new OwnIds();

	private long latest = Long.MIN_VALUE;

	private int subscribers;

	private final LongAdder missed = new LongAdder();

	/** Sequence of the next entry. */
	private volatile long tail;

	private volatile boolean closed;

	DefaultSseHub(String epoch, HubSettings settings, SseEventEncoder encoder, Scheduler scheduler, Clock clock,
			Listeners listeners, long firstSequence, long firstIndex) {
		this.epoch = epoch;
		this.settings = settings;
		this.encoder = encoder;
		this.clock = clock;
		this.listeners = listeners;
		this.scheduler = scheduler;
		this.dispatchers = new LoopDispatchers(scheduler);
		this.sweeper = settings.shortestReplayMaxAge()
			.map((maxAge) -> new AgeSweeper(this, this.dispatchers, maxAge))
			.orElse(null);
		this.topics = new Topics(settings, firstSequence - 1, firstIndex);
		this.tail = firstSequence;
	}

	Listeners listeners() {
		return this.listeners;
	}

	/** On any thread: read before looking for what is below it. */
	long tail() {
		return this.tail;
	}

	/** On any thread: read before the tail, which does not move any more once closed. */
	boolean isClosed() {
		return this.closed;
	}

	Position positionAt(long sequence) {
		return new Position(this.epoch, sequence);
	}

	@Override
	public SsePublication publish(String topicName, SseEvent event) {
		PublishRules.check(topicName, event);
		String ownId = event.id();
		// An id of the hub has its length; its digits are known under the lock only.
		String anyId = (ownId != null) ? ownId : positionAt(this.tail).toString();
		byte[] frame = this.encoder.encodeWithRoom(event, anyId);
		if (frame.length > this.settings.maxEventSize()) {
			throw new SseEventTooLargeException("The event has %d bytes, encoded, but the hub takes %d"
				.formatted(frame.length, this.settings.maxEventSize()));
		}
		Topic topic;
		String id;
		int subscribers;
		boolean firstRepeated;
		this.lock.lock();
		try {
			topic = topicToPublish(topicName);
			firstRepeated = ownId != null && this.ownIds.add(ownId);
			id = (ownId != null) ? ownId : positionAt(this.tail).toString();
			append(topic, event.retained(id, this.encoder.fillIn(frame, anyId, id)));
			subscribers = topic.subscribers();
		}
		finally {
			this.lock.unlock();
		}
		topic.wake();
		if (this.sweeper != null && topic.settings().replayMaxAge() != null) {
			this.sweeper.sweepLater();
		}
		if (firstRepeated) {
			OwnIds.warn(topicName, id);
		}
		this.listeners.tell((listener) -> listener.onPublish(topicName, id));
		return new SsePublication(topicName, subscribers, Mono.just(id));
	}

	@Override
	public SsePublication complete(String topicName) {
		PublishRules.checkTopic(topicName);
		Topic topic;
		String end;
		int subscribers;
		this.lock.lock();
		try {
			topic = topicToPublish(topicName);
			Ring ring = Objects.requireNonNull(topic.ring());
			if (!ring.tail().isAfterEnd()) {
				append(topic, null);
			}
			end = positionAt(ring.lastSequence()).toString();
			subscribers = topic.subscribers();
		}
		finally {
			this.lock.unlock();
		}
		topic.wake();
		return new SsePublication(topicName, subscribers, Mono.just(end));
	}

	private Topic topicToPublish(String name) {
		if (this.closed) {
			throw new SseHubClosedException("The hub is closed, nothing can be published to topic '" + name + "'");
		}
		this.topics.sweep(now());
		return this.topics.withRing(name);
	}

	/** The time, which here does not go back: slots are in the order of their ages. */
	private long now() {
		this.latest = Math.max(this.latest, this.clock.millis());
		return this.latest;
	}

	private void append(Topic topic, @Nullable SseEvent event) {
		Ring ring = Objects.requireNonNull(topic.ring());
		Ring.Tail next = ring.tail();
		Slot slot = new Slot(next.index(), this.tail, next.events(), next.isAfterEnd(), event, Slot.sizeOf(event),
				this.latest);
		ring.append(slot);
		this.topics.appended(topic, slot);
		this.tail = slot.sequence() + 1;
	}

	@Override
	public Flux<SseEvent> subscribe(SseSubscription subscription) {
		return new HubFlux(this, subscription);
	}

	HubSubscription start(SseSubscription description, CoreSubscriber<? super SseEvent> actual,
			@Nullable SseStream stream) {
		String resumeAfter = resumeAfter(description, stream);
		boolean missing = stream != null && description.resumes() && !stream.hasAllArrived();
		LoopDispatcher dispatcher = this.dispatchers.acquire(stream);
		HubSubscription subscription = new HubSubscription(this, description, actual, stream, dispatcher);
		dispatcher.add(subscription);
		StartLocator start;
		this.lock.lock();
		try {
			long now = now();
			this.topics.sweep(now);
			List<Cursor> cursors = join(subscription);
			start = new StartLocator(this.epoch, this.tail, this.topics.forgottenUpTo(), now, cursors, this.ownIds);
			start.place(description, resumeAfter);
			if (missing) {
				start.foundGap(SseGapReason.UNKNOWN);
			}
		}
		finally {
			this.lock.unlock();
		}
		subscription.startAt(start);
		this.listeners.tell((listener) -> listener.onSubscribe(description));
		if (start.hasReplay()) {
			this.listeners.tell((listener) -> listener.onReplay(description));
		}
		SseGapReason gap = start.gap();
		if (gap != null) {
			this.listeners.tell((listener) -> listener.onGap(description, gap));
		}
		return subscription;
	}

	/**
	 * Where an earlier source of the stream has ended, else what the code says, else the
	 * client.
	 */
	private static @Nullable String resumeAfter(SseSubscription description, @Nullable SseStream stream) {
		SseStream resuming = description.resumes() ? stream : null;
		String continued = (resuming != null) ? resuming.resumeAfter() : null;
		if (continued != null || description.start() == SseSubscription.Start.AFTER) {
			return (continued != null) ? continued : description.afterId();
		}
		SseLastEventId lastEventId = (resuming != null) ? resuming.lastEventId() : null;
		return (lastEventId != null) ? lastEventId.value() : null;
	}

	private List<Cursor> join(HubSubscription subscription) {
		this.subscribers++;
		List<Cursor> cursors = new ArrayList<>();
		for (String name : subscription.description().topics()) {
			Topic topic = this.topics.get(name);
			int bufferSize = orElse(subscription.description().bufferSize(), topic.settings().bufferSize());
			SseLagPolicy lagPolicy = orElse(subscription.description().lagPolicy(), topic.settings().lagPolicy());
			WakeGroup group = this.topics.join(topic, subscription.dispatcher(), bufferSize);
			cursors.add(new Cursor(subscription, topic, group, bufferSize, lagPolicy, this.topics.tailOf(topic)));
		}
		return cursors;
	}

	private static <T> T orElse(@Nullable T set, T other) {
		return (set != null) ? set : other;
	}

	/** On any thread: a subscriber has missed events. */
	void missed(SseSubscription description, long count) {
		this.missed.add(count);
		this.listeners.tell((listener) -> listener.onLag(description, count));
	}

	void leave(HubSubscription subscription) {
		this.lock.lock();
		try {
			this.subscribers--;
			long now = now();
			for (Cursor cursor : subscription.cursors()) {
				this.topics.leave(cursor.topic(), cursor.group(), cursor.bufferSize(), now);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The subscription has left, and runs nothing more on its dispatcher. */
	void release(HubSubscription subscription) {
		subscription.dispatcher().remove(subscription);
		this.dispatchers.release(subscription.dispatcher());
	}

	/** On any thread: run a task later. */
	void later(Runnable task, Duration delay) {
		try {
			this.scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Not every scheduler can delay a task.
			Schedulers.parallel().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/** On any thread: the time, which does not go back. */
	long time() {
		this.lock.lock();
		try {
			return now();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * On any thread: evict the events that are too old to start with and not needed.
	 * @param needed how many events of a ring are before the first that must stay
	 * @return whether an event that may become too old is retained after that
	 */
	boolean evictOld(long time, Map<Ring, Long> needed) {
		this.lock.lock();
		try {
			boolean more = this.topics.evictOld(time, (ring) -> needed.getOrDefault(ring, Long.MAX_VALUE));
			this.topics.sweep(now());
			return more;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public String position() {
		return positionAt(this.tail - 1).toString();
	}

	@Override
	public SseHubSnapshot snapshot() {
		String position;
		long retainedBytes;
		int subscribers;
		List<Topic> topics;
		this.lock.lock();
		try {
			this.topics.sweep(now());
			position = position();
			retainedBytes = this.topics.retainedBytes();
			subscribers = this.subscribers;
			topics = this.topics.all();
		}
		finally {
			this.lock.unlock();
		}
		return new SseHubSnapshot(this.epoch, position, retainedBytes, subscribers, this.missed.sum(),
				topics.stream()
					.map(DefaultSseHub::snapshot)
					.sorted(Comparator.comparing(SseHubSnapshot.Topic::name))
					.toList());
	}

	private static SseHubSnapshot.Topic snapshot(Topic topic) {
		Ring ring = topic.ring();
		Slot last = (ring != null) ? ring.last() : null;
		SseEvent newest = (last != null) ? last.event() : null;
		return new SseHubSnapshot.Topic(topic.name(), topic.subscribers(), (ring != null) ? ring.retained() : 0,
				(newest != null) ? newest.id() : null);
	}

	@Override
	public void close() {
		List<Topic> topics;
		this.lock.lock();
		try {
			this.closed = true;
			topics = this.topics.all();
		}
		finally {
			this.lock.unlock();
		}
		topics.forEach(Topic::wake);
	}

}
