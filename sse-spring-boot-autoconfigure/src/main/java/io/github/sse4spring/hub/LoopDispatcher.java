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
 * Wakes the groups of one loop, with one task for all groups that are ready.
 */
final class LoopDispatcher implements WakeGroup.Loop {

	/**
	 * How many members one task wakes, so that other tasks of the loop get their turn.
	 */
	private static final int SLICE = 64;

	/*
	 * A publisher adds its group to "ready" and then sets "scheduled". If "scheduled" was
	 * not set, the publisher hands the loop a task. The task clears "scheduled" before it
	 * reads "ready", so a group that is added after that gets a task of its own.
	 *
	 * The loop refuses a task if it has terminated, or if its queue is full while it
	 * still runs. The caller cannot tell the two apart, so it touches nothing that
	 * belongs to the loop. Subscriptions may miss entries from then on without being
	 * woken, so each of them is marked as failed and signals the error itself.
	 * "scheduled" is cleared before "subscriptions" is read: a publisher that found it
	 * set until then has woken only subscriptions that were added before.
	 */
	private final Object key;

	private final Executor loop;

	private final Disposable worker;

	private int users;

	private final Queue<WakeGroup> ready = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/** The subscriptions that fail if the loop refuses a task. */
	private final Set<Wakeable> subscriptions = ConcurrentHashMap.newKeySet();

	/** Used on the loop only: the members that were taken from a group to be woken. */
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

	/** On any thread: the subscription has left. */
	void remove(Wakeable subscription) {
		this.subscriptions.remove(subscription);
	}

	/** Dispose the worker, after the tasks that it has taken. */
	void dispose() {
		if (!execute(this.worker::dispose)) {
			this.worker.dispose();
		}
	}

	/**
	 * Run a task on the loop.
	 * @return whether the loop takes it
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
