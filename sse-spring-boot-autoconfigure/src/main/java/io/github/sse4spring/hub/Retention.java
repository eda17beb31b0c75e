package io.github.sse4spring.hub;

import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Keeps what all topics retain together below a number of bytes: the oldest entry of the
 * hub goes first. Used under the lock of the hub.
 */
final class Retention {

	/*
	 * Each ring that is not empty has one entry here, with the sequence that its oldest
	 * slot had when the entry was made. Sequences only grow, so the least entry is that
	 * of the ring with the oldest slot, or is out of date and is put in again with what
	 * is true.
	 */
	private final long maxBytes;

	private final PriorityQueue<Oldest> byAge = new PriorityQueue<>((a, b) -> Long.signum(a.sequence - b.sequence));

	private final Set<Ring> known = new HashSet<>();

	private long bytes;

	Retention(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	long bytes() {
		return this.bytes;
	}

	/** How many entries are kept about rings. */
	int size() {
		return this.known.size() + this.byAge.size();
	}

	/** A slot was appended; evict what is then too much of its topic and of the hub. */
	void appended(Ring ring, Slot slot, int capacity) {
		this.bytes += slot.size();
		if (this.known.add(ring)) {
			this.byAge.add(new Oldest(ring, ring.first().sequence()));
		}
		while (ring.retained() > capacity) {
			evictFirst(ring);
		}
		while (this.bytes > this.maxBytes && !this.byAge.isEmpty()) {
			evictOldest(this.byAge.remove());
		}
	}

	/** A topic goes with all it retains. */
	void forget(Ring ring) {
		while (ring.retained() > 0) {
			evictFirst(ring);
		}
		if (this.known.remove(ring)) {
			this.byAge.removeIf((oldest) -> oldest.ring == ring);
		}
	}

	private void evictOldest(Oldest oldest) {
		Ring ring = oldest.ring;
		if (ring.retained() > 0 && ring.first().sequence() == oldest.sequence) {
			evictFirst(ring);
		}
		if (ring.retained() > 0) {
			this.byAge.add(new Oldest(ring, ring.first().sequence()));
		}
		else {
			this.known.remove(ring);
		}
	}

	private void evictFirst(Ring ring) {
		this.bytes -= ring.evictFirst().size();
	}

	private record Oldest(Ring ring, long sequence) {

	}

}
