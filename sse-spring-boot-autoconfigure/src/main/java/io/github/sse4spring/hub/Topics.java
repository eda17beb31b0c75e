package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

import io.github.sse4spring.SseHubFullException;

/**
 * The topics of a hub. Idle topics are removed after their timeout, or when there are too
 * many topics. Used under the lock of the log.
 */
final class Topics {

	/** How many topics one call removes at most. */
	private static final int MAX_FORGOTTEN = 64;

	private final HubSettings settings;

	private final Retention retention;

	private final Map<String, Topic> topics = new HashMap<>();

	private final IdleTopics idle;

	/** How many topics have a ring. */
	private int rings;

	/** Sequence of the newest entry of all topics that were removed. */
	private long forgottenUpTo;

	Topics(HubSettings settings) {
		this.settings = settings;
		this.retention = new Retention(settings.maxRetainedSize());
		this.idle = new IdleTopics(settings.topics());
	}

	List<Topic> all() {
		return List.copyOf(this.topics.values());
	}

	/** How many topics have a ring. */
	int rings() {
		return this.rings;
	}

	long forgottenUpTo() {
		return this.forgottenUpTo;
	}

	/**
	 * Return the tail of the ring of a topic, or the tail of an empty ring if the topic
	 * has no ring yet.
	 */
	Ring.Tail tailOf(Topic topic) {
		Ring ring = topic.ring();
		return (ring != null) ? ring.tail() : Ring.Tail.START;
	}

	/**
	 * Evict the events that are too old to start with and that no subscription needs.
	 * @param neededFrom for a ring, how many events come before the first event that must
	 * be kept
	 * @return whether a topic with a maximum age still retains an entry
	 */
	boolean evictOld(long now, ToLongFunction<Ring> neededFrom) {
		boolean more = false;
		for (Topic topic : this.topics.values()) {
			Ring ring = topic.ring();
			if (ring != null && topic.settings().replayMaxAge() != null) {
				this.retention.evictBefore(ring, topic.settings().oldestTime(now), neededFrom.applyAsLong(ring));
				more |= ring.size() > 0;
			}
		}
		return more;
	}

	long retainedBytes() {
		return this.retention.bytes();
	}

	/** Return a topic to subscribe to. Subscribing does not create its ring. */
	Topic get(String name) {
		return this.topics.computeIfAbsent(name, (added) -> new Topic(added, this.settings.of(added)));
	}

	/** Return a topic to publish to, with a ring. */
	Topic withRing(String name) {
		Topic topic = get(name);
		if (topic.ring() == null) {
			makeRoomFor(topic);
			topic.createRing(this.forgottenUpTo);
			this.rings++;
		}
		return topic;
	}

	WakeGroup join(Topic topic, WakeGroup.Loop loop, int bufferSize) {
		this.idle.remove(topic);
		return topic.join(loop, bufferSize);
	}

	void leave(Topic topic, WakeGroup group, int bufferSize, long now) {
		topic.leave(group, bufferSize);
		used(topic, now);
		removeIfUnused(topic);
	}

	void appended(Topic topic, Slot slot) {
		Ring ring = Objects.requireNonNull(topic.ring());
		this.retention.appended(ring, slot, Math.max(topic.settings().replaySize(), topic.largestBuffer()));
		used(topic, slot.time());
	}

	private void used(Topic topic, long now) {
		topic.touch(now);
		if (topic.subscribers() == 0 && topic.ring() != null) {
			this.idle.remove(topic);
			this.idle.add(topic);
		}
	}

	private void makeRoomFor(Topic topic) {
		if (this.rings < this.settings.maxTopics()) {
			return;
		}
		Topic longestIdle = this.idle.longestIdle();
		if (longestIdle == null) {
			removeIfUnused(topic);
			throw new SseHubFullException(
					"The hub has the maximum number of %d topics, each with a subscriber, and cannot add topic '%s'"
						.formatted(this.rings, topic.name()));
		}
		forget(longestIdle);
	}

	/**
	 * Remove topics that have been idle for as long as their timeout. One call removes a
	 * bounded number, so that a publisher does not wait for long.
	 */
	void sweep(long now) {
		Topic expired = this.idle.expired(now);
		for (int i = 0; i < MAX_FORGOTTEN && expired != null; i++) {
			forget(expired);
			expired = this.idle.expired(now);
		}
	}

	private void forget(Topic topic) {
		Ring ring = Objects.requireNonNull(topic.ring());
		this.rings--;
		this.retention.forget(ring);
		this.forgottenUpTo = Math.max(this.forgottenUpTo, ring.lastSequence());
		this.idle.remove(topic);
		this.topics.remove(topic.name());
	}

	/** Remove a topic if it has neither subscribers nor a ring. */
	private void removeIfUnused(Topic topic) {
		if (topic.subscribers() == 0 && topic.ring() == null) {
			this.topics.remove(topic.name());
		}
	}

}
