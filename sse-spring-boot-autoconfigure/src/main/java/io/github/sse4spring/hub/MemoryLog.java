package io.github.sse4spring.hub;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;

/**
 * The log of a hub in the memory of this process, with the topics that its entries belong
 * to. Safe for use by any thread.
 */
final class MemoryLog implements ReadableLog {

	/*
	 * One lock orders all publishes, starts and ends. Under the lock an entry gets its
	 * sequence and goes into its ring, and last of all the tail moves. A reader takes no
	 * lock: it loads the tail once and treats every entry at or beyond the tail as
	 * absent, in every topic. So each reader sees a prefix of the log, and one position
	 * is valid for all topics.
	 *
	 * An event is encoded before the lock is taken. Subscriptions are woken, tasks are
	 * run and listeners are called after the lock is released. The tail is moved before a
	 * group is woken, and the flag of a group is cleared before its members read the
	 * tail. So no entry stays unread.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final String epoch;

	private final Clock clock;

	private final Topics topics;

	private final OwnIds ownIds = new OwnIds();

	private long latestTime = Long.MIN_VALUE;

	private int subscribers;

	/** Sequence of the next entry. */
	private volatile long tail = 1;

	private volatile boolean closed;

	MemoryLog(String epoch, HubSettings settings, Clock clock) {
		this.epoch = epoch;
		this.clock = clock;
		this.topics = new Topics(settings);
	}

	@Override
	public long tail() {
		return this.tail;
	}

	@Override
	public boolean isClosed() {
		return this.closed;
	}

	@Override
	public Position positionAt(long sequence) {
		return new Position(this.epoch, sequence);
	}

	/** The position just before the next entry. */
	Position position() {
		return positionAt(this.tail - 1);
	}

	/**
	 * Append an event, and wake the subscribers of its topic.
	 * @param ownId the id that its publisher has given to it, or {@code null} if the log
	 * assigns the id
	 * @param event creates the event with its id; called under the lock
	 */
	Appended append(String topicName, @Nullable String ownId, Function<String, SseEvent> event) {
		Topic topic;
		Appended appended;
		boolean warn;
		this.lock.lock();
		try {
			topic = topicToPublish(topicName);
			warn = ownId != null && this.ownIds.add(ownId);
			String id = (ownId != null) ? ownId : positionAt(this.tail).toString();
			append(topic, event.apply(id));
			appended = new Appended(id, topic.subscribers(), topic.settings().replayMaxAge() != null);
		}
		finally {
			this.lock.unlock();
		}
		topic.wake();
		if (warn) {
			OwnIds.warn(topicName, appended.id());
		}
		return appended;
	}

	/** Append the end of a topic, unless the topic is complete. */
	Appended complete(String topicName) {
		Topic topic;
		Appended appended;
		this.lock.lock();
		try {
			topic = topicToPublish(topicName);
			Ring ring = Objects.requireNonNull(topic.ring());
			if (!ring.tail().isAfterEnd()) {
				append(topic, null);
			}
			appended = new Appended(positionAt(ring.lastSequence()).toString(), topic.subscribers(), false);
		}
		finally {
			this.lock.unlock();
		}
		topic.wake();
		return appended;
	}

	private Topic topicToPublish(String name) {
		if (this.closed) {
			throw new SseHubClosedException("The hub is closed, nothing can be published to topic '" + name + "'");
		}
		this.topics.sweep(now());
		return this.topics.withRing(name);
	}

	/**
	 * Under the lock: return the time. It never goes back, so the slots of a ring are in
	 * the order of their age.
	 */
	private long now() {
		this.latestTime = Math.max(this.latestTime, this.clock.millis());
		return this.latestTime;
	}

	private void append(Topic topic, @Nullable SseEvent event) {
		Ring ring = Objects.requireNonNull(topic.ring());
		Ring.Tail next = ring.tail();
		Slot slot = new Slot(next.index(), this.tail, next.events(), next.isAfterEnd(), event, Slot.sizeOf(event),
				this.latestTime);
		ring.append(slot);
		this.topics.appended(topic, slot);
		this.tail = slot.sequence() + 1;
	}

	/**
	 * Add a subscriber, and find where it starts.
	 * @param resumeAfter the id to resume after, or {@code null} to start as described
	 */
	StartLocator start(SseSubscription description, @Nullable String resumeAfter, WakeGroup.Loop loop,
			Wakeable subscriber) {
		this.lock.lock();
		try {
			long now = now();
			this.topics.sweep(now);
			List<Cursor> cursors = join(description, loop, subscriber);
			StartLocator start = new StartLocator(this.epoch, this.tail, this.topics.forgottenUpTo(), now, cursors,
					this.ownIds);
			start.place(description, resumeAfter);
			return start;
		}
		finally {
			this.lock.unlock();
		}
	}

	private List<Cursor> join(SseSubscription description, WakeGroup.Loop loop, Wakeable subscriber) {
		this.subscribers++;
		List<Cursor> cursors = new ArrayList<>();
		for (String name : description.topics()) {
			Topic topic = this.topics.get(name);
			int bufferSize = Objects.requireNonNullElse(description.bufferSize(), topic.settings().bufferSize());
			SseLagPolicy lagPolicy = Objects.requireNonNullElse(description.lagPolicy(), topic.settings().lagPolicy());
			WakeGroup group = this.topics.join(topic, loop, bufferSize);
			cursors.add(new Cursor(topic, new WakeGroup.Member(group, subscriber), bufferSize, lagPolicy,
					this.topics.tailOf(topic)));
		}
		return cursors;
	}

	/** Remove the subscriber that has these cursors. */
	void leave(List<Cursor> cursors) {
		this.lock.lock();
		try {
			this.subscribers--;
			long now = now();
			for (Cursor cursor : cursors) {
				this.topics.leave(cursor.topic(), cursor.member().group(), cursor.bufferSize(), now);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** On any thread: return the time, which never goes back. */
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
	 * Evict the events that are older than the maximum age of their topic and that no
	 * subscription needs.
	 * @param needed for each ring, how many events come before the first event that must
	 * be kept
	 * @return whether the log still retains an event that may become too old
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

	SseHubSnapshot snapshot(long missed) {
		String position;
		long retainedBytes;
		int subscribers;
		List<Topic> topics;
		this.lock.lock();
		try {
			this.topics.sweep(now());
			position = position().toString();
			retainedBytes = this.topics.retainedBytes();
			subscribers = this.subscribers;
			topics = this.topics.all();
		}
		finally {
			this.lock.unlock();
		}
		return new SseHubSnapshot(this.epoch, position, retainedBytes, subscribers, missed,
				topics.stream()
					.map(MemoryLog::snapshot)
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

	void close() {
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

	/**
	 * The result of an append. If a complete topic was completed again, it describes the
	 * existing end.
	 *
	 * @param id the id of the event, or the position of the end
	 * @param subscribers how many subscribers its topic has
	 * @param isAging whether the entry may become too old to start with
	 */
	record Appended(String id, int subscribers, boolean isAging) {

	}

}
