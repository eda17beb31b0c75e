package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Runs tasks after a delay. Safe for use by any thread.
 */
final class DelayedTasks {

	private final Scheduler scheduler;

	DelayedTasks(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	void run(Runnable task, Duration delay) {
		try {
			this.scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// A scheduler that cannot delay a task rejects it.
			Schedulers.parallel().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

}
