package io.github.sse4spring.hub;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * A clock and a scheduler that move together, when a test says so.
 */
final class MovingTime extends Clock {

	private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();

	private volatile Instant now = Instant.EPOCH;

	VirtualTimeScheduler scheduler() {
		return this.scheduler;
	}

	/** A builder of hubs that live in this time. */
	SseHubBuilder hub() {
		return SseHubBuilder.create().clock(this).scheduler(this.scheduler);
	}

	void pass(Duration duration) {
		this.now = this.now.plus(duration);
		this.scheduler.advanceTimeBy(duration);
	}

	/** Run the tasks that are due. */
	void runTasks() {
		pass(Duration.ZERO);
	}

	@Override
	public Instant instant() {
		return this.now;
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

}
