package io.github.sse4spring.hub;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.sse4spring.SseHubFullException;

/**
 * The topics of a hub: which there are, which go when there are too many, and what is
 * known of those that are gone. Used under the lock of the hub.
 */
final class Topics {

	private final HubSettings settings;

	private final Retention retention;

	private final long firstIndex;

	private final Map<String, Topic> topics = new HashMap<>();

	/** How many topics have a ring. */
	private int rings;

	/** Sequence of the newest entry of a topic that was forgotten. */
	private long forgottenUpTo;

	private long nextSweep;

	Topics(HubSettings settings, long forgottenUpTo, long firstIndex) {
		this.settings = settings;
		this.retention = new Retention(settings.maxRetainedSize());
		this.forgottenUpTo = forgottenUpTo;
		this.firstIndex = firstIndex;
	}

	Stream<Topic> stream() {
		return this.topics.values().stream();
	}

	long forgottenUpTo() {
		return this.forgottenUpTo;
	}

	long firstIndex() {
		return this.firstIndex;
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

	void appended(Topic topic, Slot slot) {
		Ring ring = Objects.requireNonNull(topic.ring());
		this.retention.appended(ring, slot, Math.max(this.settings.replaySize(), topic.largestBuffer()));
	}

	private void makeRoomFor(Topic topic) {
		if (this.rings < this.settings.maxTopics()) {
			return;
		}
		Topic idle = stream().filter((candidate) -> candidate.ring() != null && candidate.subscribers() == 0)
			.min(Comparator.comparingLong(Topic::lastActive))
			.orElse(null);
		if (idle == null) {
			removeIfUnused(topic);
			throw new SseHubFullException("The hub has %d topics, each with a subscriber, and cannot have '%s' too"
				.formatted(this.rings, topic.name()));
		}
		forget(idle);
	}

	/** Forget the topics that nobody has used for long. */
	void sweep(long now) {
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

	/** Let a topic go that has neither subscribers nor events. */
	void removeIfUnused(Topic topic) {
		if (topic.subscribers() == 0 && topic.ring() == null) {
			this.topics.remove(topic.name());
		}
	}

}
