package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlinesTests {

	private final TestLoop loop = new TestLoop();

	private final List<Long> reached = new ArrayList<>();

	private final Deadlines.Deadline deadline = this.loop.deadlines()
		.create(() -> this.reached.add(Duration.ofNanos(this.loop.nanoTime()).toMillis()));

	@Test
	void isReachedAtItsTimeRoundedUpTo50Milliseconds() {
		set(120);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.reached).containsExactly(150L);
	}

	@Test
	void isReachedOnce() {
		set(100);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).containsExactly(100L);
	}

	@Test
	void movingItLaterOnlyStoresANumber() {
		set(1000);
		for (int i = 1; i <= 10_000; i++) {
			set(1000 + i);
		}
		assertThat(this.loop.timersScheduled).isEqualTo(1);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).containsExactly(11_000L);
		assertThat(this.loop.timersScheduled).isEqualTo(2);
	}

	@Test
	void movingItEarlierCounts() {
		set(10_000);
		set(200);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).containsExactly(200L);
	}

	@Test
	void movingItALittleEarlierTakesNoSecondEntry() {
		set(140);
		set(130);
		set(101);
		assertThat(this.loop.deadlines().size()).isOne();
		set(100);
		assertThat(this.loop.deadlines().size()).isEqualTo(2);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).containsExactly(100L);
	}

	@Test
	void movingItEarlierAndLaterAgainCounts() {
		set(10_000);
		set(200);
		set(20_000);
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).containsExactly(20_000L);
	}

	@Test
	void cancelledOneIsNotReached() {
		set(100);
		this.deadline.cancel();
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).isEmpty();
	}

	@Test
	void neverIsNotReached() {
		set(100);
		this.loop.onLoop(() -> this.deadline.set(Deadlines.NEVER));
		this.loop.advance(Duration.ofMinutes(1));
		assertThat(this.reached).isEmpty();
	}

	@Test
	void manyShareOneTimer() {
		for (int i = 0; i < 1000; i++) {
			this.loop.deadlines().create(() -> this.reached.add(1L)).set(Duration.ofMillis(101).toNanos());
		}
		assertThat(this.loop.timersScheduled).isEqualTo(1);
		this.loop.advance(Duration.ofMillis(150));
		assertThat(this.reached).hasSize(1000);
	}

	@Test
	void oneThatFailsLeavesTheOthersTheirTurn() {
		this.loop.deadlines().create(() -> {
			throw new IllegalStateException("one");
		}).set(Duration.ofMillis(100).toNanos());
		set(100);
		this.loop.advance(Duration.ofSeconds(1));
		assertThat(this.reached).containsExactly(100L);
	}

	@Test
	void nothingStaysOfManyShortStreamsWithLongIntervals() {
		this.loop.onLoop(() -> {
			for (int i = 0; i < 1000; i++) {
				Deadlines.Deadline each = this.loop.deadlines().create(() -> this.reached.add(1L));
				each.set(Duration.ofDays(300).toNanos());
				each.set(Duration.ofDays(200).toNanos());
				each.cancel();
			}
		});
		this.loop.advance(Duration.ofSeconds(61));
		assertThat(this.loop.deadlines().size()).isZero();
		assertThat(this.loop.timersWaiting()).isZero();
	}

	@Test
	void farDeadlineIsReachedAtItsTime() {
		set(Duration.ofMinutes(10).toMillis());
		this.loop.advance(Duration.ofMillis(599_999));
		assertThat(this.reached).isEmpty();
		this.loop.advance(Duration.ofMillis(1));
		assertThat(this.reached).containsExactly(600_000L);
	}

	private void set(long millis) {
		this.loop.onLoop(() -> this.deadline.set(Duration.ofMillis(millis).toNanos()));
	}

}
