package io.github.sse4spring.hub;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import io.github.sse4spring.SseEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The oracle finds every kind of fault in a history. Ten events are published: those with
 * an odd sequence to "a", the others to "b".
 */
class HistoryOracleTests {

	private static final Map<Long, String> PUBLISHED = LongStream.rangeClosed(1, 10)
		.boxed()
		.collect(Collectors.toMap((sequence) -> sequence, (sequence) -> (sequence % 2 != 0) ? "a" : "b"));

	private final HistoryOracle ofA = new HistoryOracle(PUBLISHED, List.of("a"), null);

	private final HistoryOracle ofBoth = new HistoryOracle(PUBLISHED, List.of("a", "b"), null);

	private static SseEvent event(long sequence) {
		return SseEvent.text(PUBLISHED.get(sequence)).withId("x-" + sequence);
	}

	private static SseEvent lag(long position, long missed) {
		return notice("sse-lag", position, "{\"missed\":" + missed + "}");
	}

	private static SseEvent gap(long position) {
		return notice("sse-gap", position, "{\"reason\":\"expired\"}");
	}

	private static SseEvent notice(String name, long position, String data) {
		return SseEvent.text(data).withName(name).withId("x-" + position);
	}

	@Test
	void wholeHistoryIsRight() {
		assertThat(this.ofA.check("x-0", List.of(event(1), event(3), event(5), event(7), event(9)), true)).isNull();
	}

	@Test
	void historyThatWasLeftEarlyIsRight() {
		assertThat(this.ofA.check("x-1", List.of(event(3), event(5)), false)).isNull();
	}

	@Test
	void endThatWasNotReadIsFound() {
		assertThat(this.ofA.check("x-1", List.of(event(3), event(5)), true)).startsWith("nothing after");
	}

	@Test
	void silentHoleIsFound() {
		assertThat(this.ofA.check("x-0", List.of(event(1), event(7)), false)).isEqualTo("a silent hole of 2 before 7");
	}

	@Test
	void silentHoleOfOneTopicAmongOthersIsFound() {
		assertThat(this.ofBoth.check("x-0", List.of(event(1), event(3), event(4)), false))
			.isEqualTo("a silent hole of 1 before 4");
	}

	@Test
	void eventThatComesTwiceIsFound() {
		assertThat(this.ofA.check("x-0", List.of(event(1), event(1)), false)).startsWith("not increasing");
	}

	@Test
	void eventThatWasSeenBeforeTheResumeIsFound() {
		assertThat(this.ofA.check("x-3", List.of(event(3)), false)).startsWith("not increasing");
	}

	@Test
	void wrongOrderIsFound() {
		assertThat(this.ofBoth.check("x-0", List.of(event(2), event(1)), false)).startsWith("not increasing");
	}

	@Test
	void eventOfAnotherTopicIsFound() {
		assertThat(this.ofA.check("x-0", List.of(event(2)), false)).isEqualTo("wrong event at 2");
	}

	@Test
	void eventThatTheFilterLeavesOutIsFound() {
		HistoryOracle filtered = new HistoryOracle(PUBLISHED, List.of("a"), (sequence) -> sequence != 3);
		assertThat(filtered.check("x-0", List.of(event(1), event(5)), false)).isNull();
		assertThat(filtered.check("x-0", List.of(event(1), event(3)), false)).isEqualTo("wrong event at 3");
	}

	@Test
	void holeThatIsToldWithItsNumberIsRight() {
		assertThat(this.ofA.check("x-0", List.of(event(1), lag(5, 2), event(7)), false)).isNull();
	}

	@Test
	void wrongNumberOfMissedEventsIsFound() {
		assertThat(this.ofA.check("x-0", List.of(event(1), lag(5, 3), event(7)), false))
			.isEqualTo("told 3 but missed 2");
	}

	@Test
	void noticeWithoutAHoleIsFound() {
		assertThat(this.ofA.check("x-0", List.of(event(1), lag(1, 2), event(3)), false))
			.isEqualTo("1 notices for a hole of 0 before 3");
	}

	@Test
	void twoNoticesForOneHoleAreFound() {
		assertThat(this.ofA.check("x-0", List.of(event(1), lag(3, 1), lag(5, 1), event(7)), false))
			.isEqualTo("2 notices for a hole of 2 before 7");
	}

	@Test
	void gapTellsAllUpToItsPosition() {
		assertThat(this.ofA.check("x-0", List.of(gap(4), event(5)), false)).isNull();
		assertThat(this.ofA.check("x-0", List.of(gap(4), event(7)), false)).isEqualTo("a silent hole of 1 before 7");
	}

}
