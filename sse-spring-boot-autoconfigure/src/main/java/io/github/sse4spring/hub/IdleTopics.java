package io.github.sse4spring.hub;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The topics that have a ring and no subscribers, and may therefore be removed. Used
 * under the lock of the log.
 */
final class IdleTopics {

	/*
	 * Each group of topics has a timeout of its own, and so a queue of its own. Time
	 * never goes back, so the first topic of a queue has been idle for the longest time
	 * and expires first. No topic expires before "nextExpiry", so a call before that time
	 * looks at no queue.
	 */
	private final IdentityHashMap<TopicSettings, Set<Topic>> queues = new IdentityHashMap<>();

	private long nextExpiry = Long.MAX_VALUE;

	IdleTopics(List<TopicSettings> groups) {
		groups.forEach((group) -> this.queues.put(group, new LinkedHashSet<>()));
	}

	/** Add a topic. It has been idle since {@link Topic#lastActive()}. */
	void add(Topic topic) {
		queueOf(topic).add(topic);
		this.nextExpiry = Math.min(this.nextExpiry, expiryOf(topic));
	}

	void remove(Topic topic) {
		queueOf(topic).remove(topic);
	}

	/** Return the topic that has been idle for the longest time, over all groups. */
	@Nullable Topic longestIdle() {
		return this.queues.values()
			.stream()
			.filter((queue) -> !queue.isEmpty())
			.map(IdleTopics::first)
			.min(Comparator.comparingLong(Topic::lastActive))
			.orElse(null);
	}

	/**
	 * Return the topic that has expired first, or {@code null} if no topic has been idle
	 * for as long as its timeout.
	 */
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
