package io.github.sse4spring.hub;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Wakes the groups of one loop, with one task for all that are ready.
 */
final class Waker {

	/*
	 * A publisher adds its group to "ready", then sets "scheduled" and, if it was not
	 * set, hands the loop a task. The task clears "scheduled" before it looks at "ready",
	 * so a group that is added after that gets a task of its own.
	 */
	private static final int SLICE = 256;

	private final Executor loop;

	private final Queue<Group> ready = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/** On the loop only: who of the group that was taken last is still to be told. */
	private final Queue<Cursor> toTell = new ArrayDeque<>();

	Waker(Executor loop) {
		this.loop = loop;
	}

	/** Run a task on the loop. */
	void execute(Runnable task) {
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The loop is gone, and so are all who lived on it.
		}
	}

	void wake(Group group) {
		this.ready.add(group);
		schedule();
	}

	private void schedule() {
		if (this.scheduled.compareAndSet(false, true)) {
			execute(this::tellSome);
		}
	}

	private void tellSome() {
		this.scheduled.set(false);
		if (this.toTell.isEmpty()) {
			Group group = this.ready.poll();
			if (group != null) {
				group.clearWoken();
				this.toTell.addAll(group.members());
			}
		}
		try {
			for (int i = 0; i < SLICE && !this.toTell.isEmpty(); i++) {
				this.toTell.remove().subscription().awake();
			}
		}
		finally {
			// Also if one of them throws what nobody should catch: the others are still
			// told.
			if (!this.toTell.isEmpty() || !this.ready.isEmpty()) {
				schedule();
			}
		}
	}

}
