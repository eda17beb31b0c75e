package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps what all topics retain together below a number of bytes: the oldest entry of the
 * hub goes first. Used under the lock of the hub.
 */
final class Retention {

	/*
	 * Each ring that is not empty has one entry here, with the sequence that its oldest
	 * slot had when the entry was made. Sequences only grow, so the least entry is that
	 * of the ring with the oldest slot, or is out of date and is put in again with what
	 * is true. No two rings have a slot of the same sequence.
	 */
	private final long maxBytes;

	private final TreeMap<Long, Ring> byAge = new TreeMap<>((a, b) -> Long.signum(a - b));

	private final Map<Ring, Long> ages = new HashMap<>();

	private long bytes;

	Retention(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	long bytes() {
		return this.bytes;
	}

	/** How many entries are kept about rings. */
	int size() {
		return this.ages.size() + this.byAge.size();
	}

	/** A slot was appended; evict what is then too much of its topic and of the hub. */
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

	/** A topic goes with all it retains. */
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
