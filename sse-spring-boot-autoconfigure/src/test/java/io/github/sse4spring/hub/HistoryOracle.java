package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;

/**
 * Checks the events and notices that a subscription received against everything that was
 * published. It finds an event that was not published, a sequence that does not increase,
 * a hole without a notice, and a wrong number of missed events. Shares no code with the
 * hub.
 */
final class HistoryOracle {

	private final List<String> topics;

	private final boolean filtered;

	/** The topic of each sequence that the subscription should see. */
	private final NavigableMap<Long, String> expected;

	/**
	 * Create an oracle for subscriptions to some topics.
	 * @param published the topic of each sequence that was published, to any topic
	 * @param topics the topics of the subscriptions
	 * @param filter which sequences the subscription takes, or {@code null} if it has no
	 * filter
	 */
	HistoryOracle(Map<Long, String> published, List<String> topics, @Nullable LongPredicate filter) {
		this.topics = List.copyOf(topics);
		this.filtered = (filter != null);
		this.expected = new TreeMap<>(published);
		this.expected.entrySet()
			.removeIf((each) -> !topics.contains(each.getValue()) || (filter != null && !filter.test(each.getKey())));
	}

	/** Return the sequence in an id of the hub. */
	static long sequence(String id) {
		return Long.parseLong(id.substring(id.indexOf('-') + 1));
	}

	/**
	 * Check one subscription. The text of each event must be its topic.
	 * @param resumedAfter the position that the subscription began after
	 * @param seen the events and notices that the subscription received, in this order
	 * @param toTheEnd whether the subscription has read everything that was published
	 * @return a description of the first fault, or {@code null} if there is none
	 */
	@Nullable String check(String resumedAfter, List<SseEvent> seen, boolean toTheEnd) {
		Walk walk = new Walk(sequence(resumedAfter));
		for (SseEvent event : seen) {
			String wrong = walk.step(event);
			if (wrong != null) {
				return wrong;
			}
		}
		return walk.end(toTheEnd);
	}

	/**
	 * One pass over the events and notices of a subscription.
	 */
	private final class Walk {

		/** For each topic, the sequence up to which events were received or missed. */
		private final Map<String, Long> position = new HashMap<>();

		/** How many lag notices came before the next event of each topic. */
		private final Map<String, Integer> notices = new HashMap<>();

		/** The topics of which no event came since a gap notice. */
		private final Set<String> gaps = new HashSet<>();

		private long last;

		private long missed;

		private long told;

		private boolean endsWithNotice;

		Walk(long start) {
			this.last = start;
			for (String topic : HistoryOracle.this.topics) {
				this.position.put(topic, start);
				this.notices.put(topic, 0);
			}
		}

		@Nullable String step(SseEvent event) {
			long sequence = sequence(event.id());
			this.endsWithNotice = event.isNotice();
			if ("sse-gap".equals(event.name())) {
				gap(sequence);
				return null;
			}
			if (event.isNotice()) {
				lag(event);
				return null;
			}
			return event(sequence, event.data());
		}

		/**
		 * A gap notice came: each topic may miss every event up to this sequence, and up
		 * to its own first event.
		 */
		private void gap(long sequence) {
			this.position.replaceAll((topic, old) -> Math.max(old, sequence));
			this.gaps.addAll(HistoryOracle.this.topics);
			this.last = Math.max(this.last, sequence);
		}

		private void lag(SseEvent notice) {
			this.notices.replaceAll((topic, count) -> count + 1);
			this.told += Long.parseLong(String.valueOf(notice.data()).replaceAll("[^0-9]", ""));
		}

		private @Nullable String event(long sequence, @Nullable Object data) {
			String topic = HistoryOracle.this.expected.get(sequence);
			if (topic == null || !topic.equals(data)) {
				return "wrong event at " + sequence;
			}
			if (sequence <= this.last) {
				return "not increasing: " + sequence + " after " + this.last;
			}
			String wrong = hole(topic, sequence);
			this.last = sequence;
			this.position.put(topic, sequence);
			this.notices.put(topic, 0);
			return wrong;
		}

		private @Nullable String hole(String topic, long sequence) {
			long hole = HistoryOracle.this.expected.subMap(this.position.get(topic), false, sequence, false)
				.values()
				.stream()
				.filter(topic::equals)
				.count();
			int notices = this.notices.get(topic);
			boolean inGap = this.gaps.remove(topic) && HistoryOracle.this.topics.size() > 1;
			if (hole > 0 && notices == 0 && !inGap) {
				return "a silent hole of " + hole + " before " + sequence;
			}
			if (isExact() && notices != ((hole > 0) ? 1 : 0)) {
				return notices + " notices for a hole of " + hole + " before " + sequence;
			}
			this.missed += inGap ? 0 : hole;
			return null;
		}

		/**
		 * Whether a notice counts events of this topic only. Events that a filter would
		 * leave out count as missed too.
		 */
		private boolean isExact() {
			return HistoryOracle.this.topics.size() == 1 && !HistoryOracle.this.filtered;
		}

		@Nullable String end(boolean toTheEnd) {
			for (Map.Entry<Long, String> each : HistoryOracle.this.expected.entrySet()) {
				if (toTheEnd && each.getKey() > this.position.get(each.getValue())) {
					return "nothing after " + this.position + " although there is " + each;
				}
			}
			boolean exact = isExact() && !this.endsWithNotice;
			return (exact ? this.told == this.missed : this.told >= this.missed) ? null
					: "told " + this.told + " but missed " + this.missed;
		}

	}

}
