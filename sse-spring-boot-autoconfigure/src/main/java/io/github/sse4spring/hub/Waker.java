package io.github.sse4spring.hub;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Wakes the groups of one loop, with one task for all that are ready.
 */
final class Waker {

	/*
	 * A publisher adds its group to "ready", then sets "scheduled" and, if it was not
	 * set, hands the loop a task. The task clears "scheduled" before it looks at "ready",
	 * so a group that is added after that gets a task of its own.
	 */
	private static final int SLICE = 64;

	private final Object key;

	private final Executor loop;

	private final Disposable worker;

	/** Under the lock of the hub only. */
	private int users;

	private final Queue<Group> ready = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/** On the loop only: who of the group that was taken last is still to be told. */
	private final Queue<Cursor> toTell = new ArrayDeque<>();

	/** Wake on a loop that is not ours. */
	Waker(Object key, Executor loop) {
		this(key, loop, Disposables.disposed());
	}

	/** Wake on a worker that ends with its last user. */
	Waker(Object key, Scheduler.Worker worker) {
		this(key, worker::schedule, worker);
	}

	private Waker(Object key, Executor loop, Disposable worker) {
		this.key = key;
		this.loop = loop;
		this.worker = worker;
	}

	Object key() {
		return this.key;
	}

	void retain() {
		this.users++;
	}

	/** Let go of it; returns whether nobody uses it any more. */
	boolean release() {
		this.users--;
		return this.users == 0;
	}

	/** Let the worker go, after what it was given before. */
	void dispose() {
		execute(this.worker::dispose);
	}

	/**
	 * Run a task on the loop.
	 * @return whether the loop takes it, which it does until it is gone
	 */
	boolean execute(Runnable task) {
		try {
			this.loop.execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	void wake(Group group) {
		this.ready.add(group);
		schedule();
	}

	private void schedule() {
		if (this.scheduled.compareAndSet(false, true) && !execute(this::tellSome)) {
			// The loop is gone, so that nobody else is at what it owned.
			failAll();
			this.scheduled.set(false);
		}
	}

	private void failAll() {
		for (Group group = this.ready.poll(); group != null; group = this.ready.poll()) {
			group.clearWoken();
			List.copyOf(group.members()).forEach((member) -> member.subscription().failUnscheduled());
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
