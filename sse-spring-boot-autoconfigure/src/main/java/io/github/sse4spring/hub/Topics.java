package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

import io.github.sse4spring.SseHubFullException;

/**
 * The topics of a hub: which there are, which go when there are too many, and what is
 * known of those that are gone. Used under the lock of the hub.
 */
final class Topics {

	/** How many topics are forgotten at once. */
	private static final int MAX_FORGOTTEN = 64;

	private final HubSettings settings;

	private final Retention retention;

	private final long firstIndex;

	private final Map<String, Topic> topics = new HashMap<>();

	private final IdleTopics idle;

	/** How many topics have a ring. */
	private int rings;

	/** Sequence of the newest entry of a topic that was forgotten. */
	private long forgottenUpTo;

	Topics(HubSettings settings, long forgottenUpTo, long firstIndex) {
		this.settings = settings;
		this.retention = new Retention(settings.maxRetainedSize());
		this.idle = new IdleTopics(settings.topics());
		this.forgottenUpTo = forgottenUpTo;
		this.firstIndex = firstIndex;
	}

	List<Topic> all() {
		return List.copyOf(this.topics.values());
	}

	/** How many topics retain something. */
	int rings() {
		return this.rings;
	}

	long forgottenUpTo() {
		return this.forgottenUpTo;
	}

	/** The tail of its ring, or where that will begin. */
	Ring.Tail tailOf(Topic topic) {
		Ring ring = topic.ring();
		return (ring != null) ? ring.tail() : new Ring.Tail(this.firstIndex, 0, false);
	}

	/**
	 * Evict the events that are too old to start with and that no subscription needs.
	 * @param neededFrom how many events of a ring are before the first that must stay
	 * @return whether a topic whose events may become too old retains any after that
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

	/** A topic to subscribe to, which gets no ring by that. */
	Topic get(String name) {
		return this.topics.computeIfAbsent(name, (added) -> new Topic(added, this.settings.of(added)));
	}

	/** A topic to publish to, which has a ring. */
	Topic withRing(String name) {
		Topic topic = get(name);
		if (topic.ring() == null) {
			makeRoomFor(topic);
			topic.createRing(this.firstIndex, this.forgottenUpTo);
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
		this.idle.remove(topic);
		topic.touch(now);
		if (topic.subscribers() == 0 && topic.ring() != null) {
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
			throw new SseHubFullException("The hub has %d topics, each with a subscriber, and cannot have '%s' too"
				.formatted(this.rings, topic.name()));
		}
		forget(longestIdle);
	}

	/**
	 * Forget some topics that have been idle for as long as their timeout. Their number
	 * is bounded, so that a publisher does not have to wait for many.
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
		if (ring.lastSequence() - this.forgottenUpTo > 0) {
			this.forgottenUpTo = ring.lastSequence();
		}
		this.idle.remove(topic);
		this.topics.remove(topic.name());
	}

	/** Let a topic go that has neither subscribers nor events. */
	private void removeIfUnused(Topic topic) {
		if (topic.subscribers() == 0 && topic.ring() == null) {
			this.topics.remove(topic.name());
		}
	}

}
