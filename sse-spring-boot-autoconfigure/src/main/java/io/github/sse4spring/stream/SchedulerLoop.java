package io.github.sse4spring.stream;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * A loop on a Reactor scheduler, for servers that have no event loop to offer.
 */
final class SchedulerLoop extends StreamLoop {

	private final Scheduler.Worker worker;

	/**
	 * The thread that runs a task now. The field need not be volatile: a thread can read
	 * a reference to itself only if it has written that reference itself.
	 */
	private @Nullable Thread running;

	SchedulerLoop(Scheduler scheduler) {
		this.worker = scheduler.createWorker();
	}

	@Override
	public boolean inLoop() {
		return this.running == Thread.currentThread();
	}

	@Override
	public void execute(Runnable task) {
		this.worker.schedule(() -> runHere(task));
	}

	@Override
	public void schedule(Runnable task, long delayNanos) {
		this.worker.schedule(() -> runHere(task), delayNanos, TimeUnit.NANOSECONDS);
	}

	private void runHere(Runnable task) {
		this.running = Thread.currentThread();
		try {
			task.run();
		}
		finally {
			this.running = null;
		}
	}

}
