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
 * Wakes the groups of one loop, with one task for all that are ready.
 */
final class LoopDispatcher {

	private static final int SLICE = 64;

	/*
	 * A publisher adds its group to "ready", then sets "scheduled" and, if it was not
	 * set, hands the loop a task. The task clears "scheduled" before it looks at "ready",
	 * so a group that is added after that gets a task of its own.
	 *
	 * The loop may refuse a task: because it is gone, or because its queue is full while
	 * it still runs. The two look the same, so nothing that the loop owns is touched
	 * then. What the subscribers would miss from now on is not known, so each is marked
	 * failed and signals that itself. "scheduled" is cleared before "subscriptions" is
	 * read: a publisher that found it set until then has a subscriber that was added
	 * before.
	 */
	private final Object key;

	private final Executor loop;

	private final Disposable worker;

	private int users;

	private final Queue<WakeGroup> ready = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/** The subscriptions that are woken here. They fail if the loop refuses a task. */
	private final Set<HubSubscription> subscriptions = ConcurrentHashMap.newKeySet();

	/** On the loop only: members of the group that was taken last, still to be told. */
	private final Queue<Cursor> toTell = new ArrayDeque<>();

	/** Wake on a loop that is not ours. */
	LoopDispatcher(Object key, Executor loop) {
		this(key, loop, Disposables.disposed());
	}

	/** Wake on a worker that ends with its last user. */
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

	/** Under the lock of the dispatchers: returns whether there is no user any more. */
	boolean release() {
		this.users--;
		return this.users == 0;
	}

	/** On any thread, before the subscription joins a group. */
	void add(HubSubscription subscription) {
		this.subscriptions.add(subscription);
	}

	/** On any thread: those that have not left, as they come and go. */
	Set<HubSubscription> subscriptions() {
		return this.subscriptions;
	}

	/** On any thread: the subscription has left. */
	void remove(HubSubscription subscription) {
		this.subscriptions.remove(subscription);
	}

	/** Let the worker go, after what it was given before. */
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

	void wake(WakeGroup group) {
		this.ready.add(group);
		schedule();
	}

	private void schedule() {
		if (this.scheduled.compareAndSet(false, true) && !execute(this::tellSome)) {
			this.scheduled.set(false);
			failAll();
		}
	}

	private void failAll() {
		for (WakeGroup group = this.ready.poll(); group != null; group = this.ready.poll()) {
			group.clearWoken();
		}
		this.subscriptions.forEach(HubSubscription::refused);
	}

	private void tellSome() {
		this.scheduled.set(false);
		if (this.toTell.isEmpty()) {
			WakeGroup group = this.ready.poll();
			if (group != null) {
				group.clearWoken();
				this.toTell.addAll(group.members());
			}
		}
		try {
			for (int i = 0; i < SLICE && !this.toTell.isEmpty(); i++) {
				tell(this.toTell.remove());
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

	private static void tell(Cursor member) {
		if (member.subscription().hasEnded()) {
			// Its own task to leave the group may have been refused.
			member.group().remove(member);
		}
		else {
			member.subscription().pump();
		}
	}

}
