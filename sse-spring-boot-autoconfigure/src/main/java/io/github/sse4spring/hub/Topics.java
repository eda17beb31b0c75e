package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

	/** Those that retain something and have no subscribers, the longest idle first. */
	private final Set<Topic> idle = new LinkedHashSet<>();

	/** How many topics have a ring. */
	private int rings;

	/** Sequence of the newest entry of a topic that was forgotten. */
	private long forgottenUpTo;

	Topics(HubSettings settings, long forgottenUpTo, long firstIndex) {
		this.settings = settings;
		this.retention = new Retention(settings.maxRetainedSize());
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

	/** Evict what is older than a time and not needed by a subscription. */
	void evictBefore(long time, ToLongFunction<Ring> neededFrom) {
		this.retention.evictBefore(time, neededFrom);
	}

	long retainedBytes() {
		return this.retention.bytes();
	}

	/** A topic to subscribe to, which gets no ring by that. */
	Topic get(String name) {
		return this.topics.computeIfAbsent(name, Topic::new);
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

	WakeGroup join(Topic topic, LoopDispatcher dispatcher, int bufferSize) {
		this.idle.remove(topic);
		return topic.join(dispatcher, bufferSize);
	}

	void leave(Topic topic, WakeGroup group, int bufferSize, long now) {
		topic.leave(group, bufferSize);
		used(topic, now);
		removeIfUnused(topic);
	}

	void appended(Topic topic, Slot slot) {
		Ring ring = Objects.requireNonNull(topic.ring());
		this.retention.appended(ring, slot, Math.max(this.settings.replaySize(), topic.largestBuffer()));
		used(topic, slot.time());
	}

	/** Times only grow, so that who was used last is the last to be idle for long. */
	private void used(Topic topic, long now) {
		topic.touch(now);
		this.idle.remove(topic);
		if (topic.subscribers() == 0 && topic.ring() != null) {
			this.idle.add(topic);
		}
	}

	private void makeRoomFor(Topic topic) {
		if (this.rings < this.settings.maxTopics()) {
			return;
		}
		Iterator<Topic> longestIdle = this.idle.iterator();
		if (!longestIdle.hasNext()) {
			removeIfUnused(topic);
			throw new SseHubFullException("The hub has %d topics, each with a subscriber, and cannot have '%s' too"
				.formatted(this.rings, topic.name()));
		}
		forget(longestIdle.next());
	}

	/**
	 * Forget some topics that nobody has used for long: not so many that publishers would
	 * have to wait.
	 */
	void sweep(long now) {
		long timeout = this.settings.topicIdleTimeout().toMillis();
		for (int i = 0; i < MAX_FORGOTTEN && !this.idle.isEmpty(); i++) {
			Topic longestIdle = this.idle.iterator().next();
			if (now - longestIdle.lastActive() < timeout) {
				return;
			}
			forget(longestIdle);
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
