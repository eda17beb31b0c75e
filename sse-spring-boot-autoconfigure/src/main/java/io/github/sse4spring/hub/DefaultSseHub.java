package io.github.sse4spring.hub;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseHubFullException;
import io.github.sse4spring.SseHubSnapshot;
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
	 * Nothing else happens under the lock: encoding comes before it, waking and listeners
	 * after it. The tail is moved before a group is woken, and a group clears its flag
	 * before the tail is read, so no entry stays unseen.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final String epoch;

	private final HubSettings settings;

	private final SseEventEncoder encoder;

	private final Clock clock;

	private final Listeners listeners;

	private final Map<String, Topic> topics = new HashMap<>();

	private final Retention retention;

	private final Map<Object, Waker> wakers = new ConcurrentHashMap<>();

	private final Scheduler scheduler;

	private final AtomicInteger nextWorker = new AtomicInteger();

	private final long firstIndex;

	/** Sequence of the newest entry of a topic that was forgotten. */
	private long forgottenUpTo;

	/** How many topics have a ring. */
	private int rings;

	private long latest = Long.MIN_VALUE;

	private long nextSweep;

	private int subscribers;

	/** Sequence of the next entry. */
	private volatile long tail;

	private volatile boolean closed;

	DefaultSseHub(String epoch, HubSettings settings, SseEventEncoder encoder, Scheduler scheduler, Clock clock,
			Listeners listeners, long firstSequence, long firstIndex) {
		this.epoch = epoch;
		this.settings = settings;
		this.encoder = encoder;
		this.scheduler = scheduler;
		this.clock = clock;
		this.listeners = listeners;
		this.retention = new Retention(settings.maxRetainedSize());
		this.tail = firstSequence;
		this.forgottenUpTo = firstSequence - 1;
		this.firstIndex = firstIndex;
	}

	HubSettings settings() {
		return this.settings;
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
		byte[] frame = this.encoder.encode((event.id() != null) ? event.withoutId() : event);
		if (frame.length > this.settings.maxEventSize()) {
			throw new SseEventTooLargeException("The event has %d bytes, encoded, but the hub takes %d"
				.formatted(frame.length, this.settings.maxEventSize()));
		}
		Topic topic;
		String id;
		int subscribers;
		this.lock.lock();
		try {
			long now = now();
			topic = topicToPublish(topicName, now);
			id = (event.id() != null) ? event.id() : positionAt(this.tail).toString();
			append(topic, event.retained(id, this.encoder.withId(frame, id)), now);
			subscribers = topic.subscribers();
		}
		finally {
			this.lock.unlock();
		}
		topic.wake();
		this.listeners.tell((listener) -> listener.onPublish(topicName, id));
		return new SsePublication(topicName, subscribers, Mono.just(id));
	}

	@Override
	public void complete(String topicName) {
		PublishRules.checkTopic(topicName);
		Topic topic;
		this.lock.lock();
		try {
			long now = now();
			topic = topicToPublish(topicName, now);
			append(topic, null, now);
		}
		finally {
			this.lock.unlock();
		}
		topic.wake();
	}

	/** The time, which here does not go back: slots are in the order of their ages. */
	private long now() {
		this.latest = Math.max(this.latest, this.clock.millis());
		return this.latest;
	}

	private void append(Topic topic, @Nullable SseEvent event, long now) {
		Ring ring = Objects.requireNonNull(topic.ring());
		byte[] frame = (event != null) ? event.frame() : null;
		int size = Slot.OVERHEAD + ((frame != null) ? frame.length : 0);
		Slot slot = new Slot(ring.tailIndex(), this.tail, ring.events(), event, size, now);
		ring.append(slot);
		topic.setCompleted(event == null);
		topic.touch(now);
		this.retention.appended(ring, slot, Math.max(this.settings.replaySize(), topic.largestBuffer()));
		this.tail = slot.sequence() + 1;
	}

	private Topic topicToPublish(String name, long now) {
		if (this.closed) {
			throw new SseHubClosedException("The hub is closed, nothing can be published to topic '" + name + "'");
		}
		sweep(now);
		Topic topic = this.topics.computeIfAbsent(name, Topic::new);
		if (topic.ring() == null) {
			makeRoomForTopic(name);
			topic.createRing(this.firstIndex, this.forgottenUpTo);
			this.rings++;
		}
		return topic;
	}

	private void makeRoomForTopic(String name) {
		if (this.rings >= this.settings.maxTopics()) {
			Topic idle = this.topics.values()
				.stream()
				.filter((topic) -> topic.ring() != null && topic.subscribers() == 0)
				.min(Comparator.comparingLong(Topic::lastActive))
				.orElse(null);
			if (idle == null) {
				removeIfUnused(Objects.requireNonNull(this.topics.get(name)));
				throw new SseHubFullException("The hub has %d topics, each with a subscriber, and cannot have '%s' too"
					.formatted(this.rings, name));
			}
			forget(idle);
		}
	}

	private void sweep(long now) {
		if (now >= this.nextSweep) {
			long timeout = this.settings.topicIdleTimeout().toMillis();
			this.nextSweep = now + Math.max(1, timeout / 8);
			List.copyOf(this.topics.values())
				.stream()
				.filter((topic) -> topic.subscribers() == 0 && now - topic.lastActive() >= timeout)
				.forEach(this::forget);
		}
	}

	private void forget(Topic topic) {
		Ring ring = topic.ring();
		if (ring != null) {
			this.rings--;
			this.retention.forget(ring);
			if (ring.evictedUpTo() - this.forgottenUpTo > 0) {
				this.forgottenUpTo = ring.evictedUpTo();
			}
		}
		this.topics.remove(topic.name());
	}

	private void removeIfUnused(Topic topic) {
		if (topic.subscribers() == 0 && topic.ring() == null) {
			this.topics.remove(topic.name());
		}
	}

	@Override
	public Flux<SseEvent> subscribe(SseSubscription subscription) {
		return new HubFlux(this, subscription);
	}

	HubSubscription start(SseSubscription description, CoreSubscriber<? super SseEvent> actual,
			@Nullable SseStream stream) {
		Waker waker = (stream != null) ? waker(stream.executor(), stream::executor) : anyWaker();
		HubSubscription subscription = new HubSubscription(this, description, actual, stream, waker);
		String resumeAfter = resumeAfter(description, stream);
		String gap;
		this.lock.lock();
		try {
			List<Cursor> cursors = join(subscription);
			Duration maxAge = this.settings.replayMaxAge();
			long oldest = (maxAge != null) ? now() - maxAge.toMillis() : Long.MIN_VALUE;
			StartFinder finder = new StartFinder(this.epoch, this.tail, this.forgottenUpTo, oldest, cursors);
			finder.place(description, resumeAfter);
			gap = finder.gap();
			subscription.startAt(cursors, finder.position(), gap, this.tail);
		}
		finally {
			this.lock.unlock();
		}
		this.listeners.tell((listener) -> listener.onSubscribe(description));
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
			Topic topic = this.topics.computeIfAbsent(name, Topic::new);
			Group group = topic.join(subscription.waker(), subscription.bufferSize());
			Cursor cursor = new Cursor(subscription, topic, group);
			cursor.moveTo(this.firstIndex, 0);
			cursors.add(cursor);
		}
		return cursors;
	}

	void leave(HubSubscription subscription) {
		this.lock.lock();
		try {
			this.subscribers--;
			long now = now();
			for (Cursor cursor : subscription.cursors()) {
				cursor.topic().leave(cursor.group(), subscription.bufferSize());
				cursor.topic().touch(now);
				removeIfUnused(cursor.topic());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private Waker anyWaker() {
		int worker = Math.floorMod(this.nextWorker.getAndIncrement(), Runtime.getRuntime().availableProcessors());
		return waker(worker, () -> this.scheduler.createWorker()::schedule);
	}

	private Waker waker(Object key, Supplier<Executor> loop) {
		return this.wakers.computeIfAbsent(key, (absent) -> new Waker(loop.get()));
	}

	@Override
	public String position() {
		return positionAt(this.tail - 1).toString();
	}

	@Override
	public SseHubSnapshot snapshot() {
		this.lock.lock();
		try {
			List<SseHubSnapshot.Topic> topics = this.topics.values()
				.stream()
				.map(DefaultSseHub::snapshot)
				.sorted(Comparator.comparing(SseHubSnapshot.Topic::name))
				.toList();
			return new SseHubSnapshot(this.epoch, position(), this.retention.bytes(), this.subscribers, topics);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static SseHubSnapshot.Topic snapshot(Topic topic) {
		Ring ring = topic.ring();
		Slot last = (ring != null) ? ring.last() : null;
		SseEvent event = (last != null) ? last.event() : null;
		return new SseHubSnapshot.Topic(topic.name(), topic.subscribers(), (ring != null) ? ring.retained() : 0,
				(event != null) ? event.id() : null);
	}

	@Override
	public void close() {
		List<Topic> topics;
		this.lock.lock();
		try {
			this.closed = true;
			topics = List.copyOf(this.topics.values());
		}
		finally {
			this.lock.unlock();
		}
		topics.forEach(Topic::wake);
	}

}
