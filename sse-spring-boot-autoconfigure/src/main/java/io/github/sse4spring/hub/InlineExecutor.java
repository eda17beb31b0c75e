package io.github.sse4spring.hub;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import reactor.core.Exceptions;

/**
 * Runs tasks on the calling thread, in order and one at a time. While a thread runs
 * tasks, it also runs those that other threads and the tasks themselves add.
 */
final class InlineExecutor implements Executor {

	/*
	 * The thread that raises "pending" from zero runs all tasks until it is zero again. A
	 * task is added before it is counted, so each task runs once, and one at a time.
	 */
	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pending = new AtomicInteger();

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (this.pending.getAndIncrement() == 0) {
			Throwable failure = null;
			do {
				try {
					Objects.requireNonNull(this.tasks.poll()).run();
				}
				catch (Throwable ex) {
					failure = ex;
				}
			}
			while (this.pending.decrementAndGet() != 0);
			if (failure != null) {
				throw Exceptions.propagate(failure);
			}
		}
	}

}
