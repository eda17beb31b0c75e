package io.github.sse4spring.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.github.sse4spring.testsupport.EventStream;
import org.jspecify.annotations.Nullable;

/**
 * The oracle: what one client of one topic saw over all of its connections. The data of
 * event {@code n} is {@code n}, and its sequence {@code n + 1}.
 */
final class ClientHistory {

	private final boolean once;

	private final boolean leavesOut;

	private final Set<Integer> seen = new TreeSet<>();

	private final List<String> transcript = new ArrayList<>();

	private @Nullable String lastId;

	private long position = -1;

	/** Events before this number may be missing: a gap was told behind them. */
	private int excused;

	/** How many more may be missing: that many were told to be missed. */
	private long missed;

	private boolean ended;

	private @Nullable String failure;

	/**
	 * Create a history.
	 * @param once whether no event may come twice
	 * @param leavesOut whether the handler leaves out events that are not kept
	 */
	ClientHistory(boolean once, boolean leavesOut) {
		this.once = once;
		this.leavesOut = leavesOut;
	}

	/** The events that a handler keeps which leaves out some. */
	static boolean isKept(int number) {
		return number % 3 != 0;
	}

	@Nullable String lastId() {
		return this.lastId;
	}

	/** Whether the client was told not to come back. */
	boolean hasEnded() {
		return this.ended;
	}

	void connected() {
		this.transcript.add("connected with " + this.lastId);
	}

	/**
	 * Read what is new in a text.
	 * @param text all of the text of this connection so far
	 * @param known how many blocks of it are known
	 * @param published how many events were published when it was written
	 * @return how many blocks of it are known now
	 */
	int read(String text, int known, int published) {
		List<EventStream.Block> blocks = EventStream.parse(text);
		blocks.subList(known, blocks.size()).forEach((block) -> read(block, published));
		return blocks.size();
	}

	private void read(EventStream.Block block, int published) {
		this.transcript.add(block.toString());
		if ("sse-gap".equals(block.name())) {
			this.excused = published;
		}
		else if ("sse-lag".equals(block.name())) {
			this.missed += Long.parseLong(block.data().replaceAll("[^0-9]", ""));
		}
		else if (block.name() == null && block.data() != null) {
			boolean first = this.seen.add(Integer.valueOf(block.data()));
			if (!first && this.once) {
				fail("event " + block.data() + " came twice");
			}
		}
		if ("sse-end".equals(block.id())) {
			this.ended = true;
		}
		else if (block.id() != null) {
			moveTo(block.id());
		}
	}

	private void moveTo(String id) {
		long sequence = Long.parseLong(id.substring(id.indexOf('-') + 1));
		if (this.lastId != null && sequence < this.position) {
			fail("id " + id + " after a later one");
		}
		if (this.lastId != null) {
			account((int) this.position, (int) sequence);
		}
		else {
			// The first connection begins with what is published from now on.
			this.excused = (int) sequence;
		}
		this.position = Math.max(this.position, sequence);
		this.lastId = id;
	}

	/** The client will not ask for these events again. */
	private void account(int from, int to) {
		for (int number = from; number < to; number++) {
			boolean mayBeMissing = number < this.excused || (this.leavesOut && !isKept(number));
			if (!this.seen.contains(number) && !mayBeMissing && --this.missed < 0) {
				this.missed = 0;
				fail("event " + number + " is missing without a notice");
			}
		}
	}

	private void fail(String reason) {
		if (this.failure == null) {
			this.transcript.add("^^^ " + reason);
			this.failure = reason;
		}
	}

	/** What is wrong, once the client has read to the end. */
	@Nullable String failure(int published) {
		if (!this.ended && this.lastId != null) {
			account((int) this.position, published);
		}
		return this.failure;
	}

	@Override
	public String toString() {
		return String.join("\n", this.transcript);
	}

}
