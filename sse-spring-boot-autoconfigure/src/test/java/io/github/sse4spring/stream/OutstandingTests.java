package io.github.sse4spring.stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which id may be written while events are under way.
 */
class OutstandingTests {

	private final Outstanding outstanding = new Outstanding();

	@BeforeEach
	void begin() {
		this.outstanding.begin("0");
	}

	private void handOver(int from, int to) {
		for (int i = from; i < to; i++) {
			this.outstanding.accept(Integer.toString(i));
		}
	}

	private void write(String id) {
		this.outstanding.arrived(id);
		this.outstanding.written(id);
	}

	@Test
	void positionIsBeforeTheOldestThatIsOut() {
		handOver(1, 4);
		write("2");
		assertThat(this.outstanding.position()).isEqualTo("0");
		write("1");
		assertThat(this.outstanding.position()).isEqualTo("2");
		write("3");
		assertThat(this.outstanding.position()).isEqualTo("3");
	}

	@Test
	void moreThanAreKeptTrackOfHoldBackAllIds() {
		handOver(1, 2000);
		assertThat(this.outstanding.size()).isLessThanOrEqualTo(1024);
		for (int i = 1; i < 2000; i++) {
			write(Integer.toString(i));
		}
		assertThat(this.outstanding.position()).isEqualTo("0");
		assertThat(this.outstanding.haveAllArrived()).isFalse();
	}

	@Test
	void gapThatWasToldEndsWhatMissingEventsHoldBack() {
		handOver(1, 2000);
		int next = this.outstanding.begin("2000");
		handOver(2001, 2003);
		this.outstanding.forgetMissingBefore(next);
		write("2002");
		assertThat(this.outstanding.position()).isEqualTo("2000");
		write("2001");
		assertThat(this.outstanding.position()).isEqualTo("2002");
	}

	@Test
	void eventThatTheNextSourceHandsOverAgainIsNotForgottenWithTheOlderOne() {
		handOver(1, 3);
		write("1");
		int next = this.outstanding.begin("1");
		handOver(2, 4);
		this.outstanding.forgetMissingBefore(next);
		write("3");
		assertThat(this.outstanding.position()).isEqualTo("1");
	}

	@Test
	void idOfTwoEventsHoldsBackUntilBothAreWritten() {
		handOver(1, 2);
		handOver(1, 3);
		write("2");
		write("1");
		assertThat(this.outstanding.position()).isEqualTo("0");
		write("1");
		assertThat(this.outstanding.position()).isEqualTo("2");
	}

}
