package io.github.sse4spring.webflux;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * A loop that runs when told to, on a clock that moves when told to.
 */
final class TestLoop extends Loop {

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));

	private long now;

	private boolean running;

	int timersScheduled;

	@Override
	boolean inLoop() {
		return this.running;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
	}

	@Override
	void schedule(Runnable task, long delayNanos) {
		this.timersScheduled++;
		this.timers.add(new Timer(this.now + delayNanos, task));
	}

	@Override
	long nanoTime() {
		return this.now;
	}

	/** Run what was handed to the loop, and what that hands to it. */
	void runTasks() {
		this.running = true;
		try {
			while (!this.tasks.isEmpty()) {
				this.tasks.remove().run();
			}
		}
		finally {
			this.running = false;
		}
	}

	/** Run something on the loop. */
	void onLoop(Runnable task) {
		execute(task);
		runTasks();
	}

	void advance(Duration duration) {
		long end = this.now + duration.toNanos();
		runTasks();
		while (!this.timers.isEmpty() && this.timers.peek().at <= end) {
			Timer timer = this.timers.remove();
			this.now = Math.max(this.now, timer.at);
			onLoop(timer.task);
		}
		this.now = end;
		runTasks();
	}

	private record Timer(long at, Runnable task) {

	}

}
