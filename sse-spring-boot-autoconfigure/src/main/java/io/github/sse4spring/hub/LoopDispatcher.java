package io.github.sse4spring.hub;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Wakes the subscriptions of one loop. At most one task for that waits in the loop,
 * however many groups are ready.
 */
final class LoopDispatcher implements WakeGroup.Loop {

	/**
	 * How many members one task wakes at most, so that the loop can run other tasks in
	 * between.
	 */
	private static final int SLICE = 64;

	/*
	 * A publisher adds its group to "ready" and then sets "scheduled". If "scheduled" was
	 * not set, the publisher hands the loop a task. The task clears "scheduled" before it
	 * reads "ready", so a group that is added after that gets a task of its own.
	 *
	 * The loop refuses a task if it has terminated, or if its queue is full. In the
	 * second case the loop is still running, and the caller cannot distinguish the two.
	 * So the caller uses nothing that only the loop may use. A subscription might not be
	 * woken for an entry any more. So each subscription is marked as failed, and signals
	 * the error itself. "scheduled" is cleared before "subscriptions" is read. A
	 * publisher that found "scheduled" set has handed over no task and relied on the one
	 * that was refused. The subscriptions that it meant to wake were added before that,
	 * so they are among those that fail.
	 */
	private final Object key;

	private final Executor loop;

	private final Disposable worker;

	private int users;

	private final Queue<WakeGroup> ready = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/** The subscriptions that fail if the loop refuses a task. */
	private final Set<Wakeable> subscriptions = ConcurrentHashMap.newKeySet();

	/** The members of a ready group that are not woken yet. Used on the loop only. */
	private final Queue<WakeGroup.Member> toWake = new ArrayDeque<>();

	/** Wake on a loop that the hub does not own. */
	LoopDispatcher(Object key, Executor loop) {
		this(key, loop, Disposables.disposed());
	}

	/** Wake on a worker that is disposed with its last user. */
	LoopDispatcher(Object key, Scheduler.Worker worker) {
		this(key, worker::schedule, worker);
	}

	private LoopDispatcher(Object key, Executor loop, Disposable worker) {
		this.key = key;
		this.loop = loop;
		this.worker = worker;
	}

	Object key() {
		return this.key;
	}

	/** Under the lock of the dispatchers. */
	void retain() {
		this.users++;
	}

	/** Under the lock of the dispatchers. Returns whether no user is left. */
	boolean release() {
		this.users--;
		return this.users == 0;
	}

	/** On any thread, before the subscription joins a group. */
	void add(Wakeable subscription) {
		this.subscriptions.add(subscription);
	}

	/** On any thread: remove a subscription that has ended. */
	void remove(Wakeable subscription) {
		this.subscriptions.remove(subscription);
	}

	/** Dispose the worker, after it has run the tasks that it has accepted. */
	void dispose() {
		if (!execute(this.worker::dispose)) {
			this.worker.dispose();
		}
	}

	/**
	 * Run a task on the loop.
	 * @return whether the loop has accepted the task
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

	@Override
	public void wake(WakeGroup group) {
		this.ready.add(group);
		schedule();
	}

	private void schedule() {
		if (this.scheduled.compareAndSet(false, true) && !execute(this::wakeSome)) {
			this.scheduled.set(false);
			failAll();
		}
	}

	private void failAll() {
		for (WakeGroup group = this.ready.poll(); group != null; group = this.ready.poll()) {
			group.clearWoken();
		}
		this.subscriptions.forEach(Wakeable::refused);
	}

	private void wakeSome() {
		this.scheduled.set(false);
		if (this.toWake.isEmpty()) {
			WakeGroup group = this.ready.poll();
			if (group != null) {
				group.clearWoken();
				this.toWake.addAll(group.members());
			}
		}
		try {
			for (int i = 0; i < SLICE && !this.toWake.isEmpty(); i++) {
				this.toWake.remove().wake();
			}
		}
		finally {
			// A member may throw a fatal error. The others are woken nevertheless.
			if (!this.toWake.isEmpty() || !this.ready.isEmpty()) {
				schedule();
			}
		}
	}

}
