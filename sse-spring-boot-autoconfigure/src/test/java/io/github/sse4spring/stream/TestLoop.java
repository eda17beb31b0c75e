package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;

/**
 * A loop that runs only when a test calls it. The test also moves its clock.
 */
public final class TestLoop extends StreamLoop {

	/** More tasks than any test needs. */
	private static final int MAX_TASKS = 100_000;

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));

	private long now;

	private boolean running;

	boolean full;

	int timersScheduled;

	int tasksRun;

	@Override
	public boolean inLoop() {
		return this.running;
	}

	@Override
	public void execute(Runnable task) {
		if (this.full) {
			throw new RejectedExecutionException("full");
		}
		this.tasks.add(task);
	}

	@Override
	public void schedule(Runnable task, long delayNanos) {
		this.timersScheduled++;
		this.timers.add(new Timer(this.now + delayNanos, task));
	}

	@Override
	long nanoTime() {
		return this.now;
	}

	/** Run a task before all tasks that are already queued. */
	void prepend(Runnable task) {
		this.tasks.addFirst(task);
	}

	/** Run all queued tasks, including tasks that they queue. */
	public void runTasks() {
		runTasks(MAX_TASKS);
		if (!this.tasks.isEmpty()) {
			throw new AssertionError("The loop does not come to rest");
		}
	}

	/** Run at most this many tasks. */
	void runTasks(int most) {
		this.running = true;
		try {
			for (int i = 0; i < most && !this.tasks.isEmpty(); i++) {
				this.tasksRun++;
				this.tasks.remove().run();
			}
		}
		finally {
			this.running = false;
		}
	}

	/** Run a task on the loop. */
	public void onLoop(Runnable task) {
		execute(task);
		runTasks();
	}

	int timersWaiting() {
		return this.timers.size();
	}

	void standStill(Duration duration) {
		this.now += duration.toNanos();
	}

	public void advance(Duration duration) {
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
