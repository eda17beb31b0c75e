package io.github.sse4spring.hub;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The topics that retain events and have no subscribers. Used under the lock of the hub.
 */
final class IdleTopics {

	/*
	 * Each group of topics has a timeout of its own, and so a queue of its own. Time is
	 * monotonic, so the insertion order of a queue is its idle order, and only the first
	 * topic of a queue can have expired. No topic expires before "nextExpiry", so a call
	 * before that time looks at no queue.
	 */
	private final IdentityHashMap<TopicSettings, Set<Topic>> queues = new IdentityHashMap<>();

	private long nextExpiry = Long.MAX_VALUE;

	IdleTopics(List<TopicSettings> groups) {
		groups.forEach((group) -> this.queues.put(group, new LinkedHashSet<>()));
	}

	/** A topic was used for the last time at this moment. */
	void add(Topic topic) {
		queueOf(topic).add(topic);
		this.nextExpiry = Math.min(this.nextExpiry, expiryOf(topic));
	}

	void remove(Topic topic) {
		queueOf(topic).remove(topic);
	}

	/** The topic that has been idle for the longest time, of all groups. */
	@Nullable Topic longestIdle() {
		return this.queues.values()
			.stream()
			.filter((queue) -> !queue.isEmpty())
			.map(IdleTopics::first)
			.min(Comparator.comparingLong(Topic::lastActive))
			.orElse(null);
	}

	/** A topic that has been idle for as long as its timeout. */
	@Nullable Topic expired(long now) {
		if (now < this.nextExpiry) {
			return null;
		}
		Topic next = null;
		for (Set<Topic> queue : this.queues.values()) {
			if (!queue.isEmpty() && (next == null || expiryOf(first(queue)) < expiryOf(next))) {
				next = first(queue);
			}
		}
		this.nextExpiry = (next != null) ? expiryOf(next) : Long.MAX_VALUE;
		return (this.nextExpiry <= now) ? next : null;
	}

	private Set<Topic> queueOf(Topic topic) {
		return Objects.requireNonNull(this.queues.get(topic.settings()));
	}

	private static Topic first(Set<Topic> queue) {
		return queue.iterator().next();
	}

	private static long expiryOf(Topic topic) {
		return topic.lastActive() + Math.min(topic.settings().idleTimeout().toMillis(), Long.MAX_VALUE / 2);
	}

}
