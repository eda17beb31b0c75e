package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Evicts entries from the rings. Each ring has a bound of its own, and all rings together
 * have a bound in bytes. To keep the bound in bytes, the oldest entry of the log is
 * evicted first. Used under the lock of the log.
 */
final class Retention {

	/*
	 * Each ring that is not empty has one entry in "byAge". Its key is the sequence of
	 * the slot that was the oldest of the ring when the entry was added. If that slot was
	 * evicted since, the key is too low, but a key is never too high. So the first entry
	 * either belongs to the ring with the oldest slot of the log, or is out of date. An
	 * entry that is out of date is added again, with the sequence of the slot that is the
	 * oldest now. Sequences are unique, so no two rings have the same key.
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
	 * Count a slot that was appended, and evict slots that exceed the bound of the ring
	 * or of the hub.
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
	 * Evict the slots of a ring that are older than the given time.
	 * @param neededFrom how many events of the ring come before the first event that must
	 * be kept
	 */
	void evictBefore(Ring ring, long time, long neededFrom) {
		while (ring.size() > 0 && ring.first().time() < time && ring.first().eventsBefore() < neededFrom) {
			evictFirst(ring);
		}
	}

	/** Remove the ring of a topic that is removed. */
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
