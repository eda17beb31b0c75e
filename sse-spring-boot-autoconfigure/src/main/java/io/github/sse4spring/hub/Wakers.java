package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The wakers of a hub: one for each loop that has a subscriber. Safe for use by any
 * thread. Not under the lock of the hub, since it creates workers and runs tasks.
 */
final class Wakers {

	private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

	private final boolean inline;

	/** By the executor of a stream, or the turn of a worker. */
	private final Map<Object, Waker> wakers = new HashMap<>();

	private final Scheduler scheduler;

	private int nextTurn;

	Wakers(Scheduler scheduler) {
		this.scheduler = scheduler;
		this.inline = (scheduler == Schedulers.immediate());
	}

	/** How many loops have a subscriber. */
	synchronized int size() {
		return this.wakers.size();
	}

	/** All subscriptions, of which some may leave meanwhile. */
	synchronized List<HubSubscription> subscriptions() {
		return this.wakers.values().stream().flatMap((waker) -> waker.subscriptions().stream()).toList();
	}

	/** The waker for one more subscriber: that of its stream, or each worker in turn. */
	synchronized Waker acquire(@Nullable SseStream stream) {
		Object key = (stream != null) ? stream.executor() : nextTurn();
		Waker waker = this.wakers.get(key);
		if (waker == null) {
			waker = (stream != null) ? new Waker(key, stream.executor()) : ofWorker(key);
			this.wakers.put(key, waker);
		}
		waker.retain();
		return waker;
	}

	private Object nextTurn() {
		return this.inline ? 0 : Math.floorMod(this.nextTurn++, PROCESSORS);
	}

	private Waker ofWorker(Object turn) {
		return this.inline ? new Waker(turn, new InlineExecutor()) : new Waker(turn, this.scheduler.createWorker());
	}

	/** A subscriber has left, and runs nothing more on the waker but its own leaving. */
	synchronized void release(Waker waker) {
		if (waker.release()) {
			this.wakers.remove(waker.key());
			waker.dispose();
		}
	}

}
