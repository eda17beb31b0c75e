package io.github.sse4spring.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * One topic, with its ring and the groups of its subscribers. A topic has no ring until
 * it is published to. Used under the lock of the log, unless stated otherwise.
 */
final class Topic {

	private final String name;

	private final TopicSettings settings;

	/** The number of subscribers for each buffer size. */
	private final TreeMap<Integer, Integer> bufferSizes = new TreeMap<>();

	/** Read by snapshots without the lock. */
	private final AtomicInteger subscribers = new AtomicInteger();

	private long lastActive;

	private volatile @Nullable Ring ring;

	/** Copied when it changes; read by publishers without the lock. */
	private volatile List<WakeGroup> groups = List.of();

	Topic(String name, TopicSettings settings) {
		this.name = name;
		this.settings = settings;
	}

	String name() {
		return this.name;
	}

	TopicSettings settings() {
		return this.settings;
	}

	/** On any thread. */
	@Nullable Ring ring() {
		return this.ring;
	}

	void createRing(long evictedUpTo) {
		this.ring = new Ring(evictedUpTo);
	}

	/** On any thread. */
	int subscribers() {
		return this.subscribers.get();
	}

	long lastActive() {
		return this.lastActive;
	}

	void touch(long time) {
		this.lastActive = time;
	}

	/**
	 * Return the largest buffer size of the subscribers of this topic, or zero if it has
	 * none.
	 */
	int largestBuffer() {
		return this.bufferSizes.isEmpty() ? 0 : this.bufferSizes.lastKey();
	}

	/** On any thread: wake the subscribers of this topic. */
	void wake() {
		this.groups.forEach(WakeGroup::wake);
	}

	WakeGroup join(WakeGroup.Loop loop, int bufferSize) {
		this.subscribers.incrementAndGet();
		this.bufferSizes.merge(bufferSize, 1, Integer::sum);
		for (WakeGroup group : this.groups) {
			if (group.loop() == loop) {
				group.retain();
				return group;
			}
		}
		WakeGroup group = new WakeGroup(loop);
		List<WakeGroup> groups = new ArrayList<>(this.groups);
		groups.add(group);
		this.groups = List.copyOf(groups);
		return group;
	}

	void leave(WakeGroup group, int bufferSize) {
		this.subscribers.decrementAndGet();
		this.bufferSizes.computeIfPresent(bufferSize, (size, count) -> (count > 1) ? count - 1 : null);
		if (group.release()) {
			this.groups = this.groups.stream().filter((candidate) -> candidate != group).toList();
		}
	}

}
