package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bounds the bytes that all topics retain together. The oldest entry of the log is
 * evicted first. Used under the lock of the log.
 */
final class Retention {

	/*
	 * Each ring that is not empty has one entry in "byAge". Its key is the sequence of
	 * the oldest slot of the ring at the time of adding. The oldest slot may be evicted
	 * since, and then the key is too low, but never too high. So the first entry is
	 * either that of the ring with the oldest slot, or out of date; then it is added
	 * again with the present sequence. Sequences are unique, so no two rings have the
	 * same key.
	 */
	private final long maxBytes;

	private final TreeMap<Long, Ring> byAge = new TreeMap<>();

	private final Map<Ring, Long> ages = new HashMap<>();

	private long bytes;

	Retention(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	long bytes() {
		return this.bytes;
	}

	/** How many entries the maps have. */
	int size() {
		return this.ages.size() + this.byAge.size();
	}

	/**
	 * A slot was appended: evict slots that exceed the bound of its topic or of the hub.
	 */
	void appended(Ring ring, Slot slot, int capacity) {
		this.bytes += slot.size();
		if (!this.ages.containsKey(ring)) {
			add(ring);
		}
		while (ring.retained() > capacity) {
			evictFirst(ring);
		}
		while (this.bytes > this.maxBytes && !this.byAge.isEmpty()) {
			evictOldest();
		}
	}

	/**
	 * Evict the events of a ring that are older than a time.
	 * @param neededFrom how many events of the ring are before the first that must stay
	 */
	void evictBefore(Ring ring, long time, long neededFrom) {
		while (ring.size() > 0 && ring.first().time() < time && ring.first().eventsBefore() < neededFrom) {
			evictFirst(ring);
		}
	}

	/** The topic of a ring is removed. */
	void forget(Ring ring) {
		this.bytes -= ring.bytes();
		Long age = this.ages.remove(ring);
		if (age != null) {
			this.byAge.remove(age);
		}
	}

	private void add(Ring ring) {
		long sequence = ring.first().sequence();
		this.ages.put(ring, sequence);
		this.byAge.put(sequence, ring);
	}

	private void evictOldest() {
		Map.Entry<Long, Ring> oldest = this.byAge.pollFirstEntry();
		Ring ring = oldest.getValue();
		this.ages.remove(ring);
		if (ring.size() > 0 && ring.first().sequence() == oldest.getKey()) {
			evictFirst(ring);
		}
		if (ring.size() > 0) {
			add(ring);
		}
	}

	private void evictFirst(Ring ring) {
		this.bytes -= ring.evictFirst().size();
	}

}
