package io.github.sse4spring.hub;

import java.util.HashMap;
import java.util.Map;

import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The dispatchers of a hub: one for each loop that has a subscriber. Safe for use by any
 * thread. Must not be called under the lock of the log, since it creates workers and runs
 * tasks.
 */
final class LoopDispatchers {

	private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

	private final boolean inline;

	/** The key is the executor of a stream, or the number of a worker. */
	private final Map<Object, LoopDispatcher> dispatchers = new HashMap<>();

	private final Scheduler scheduler;

	private int nextTurn;

	LoopDispatchers(Scheduler scheduler) {
		this.scheduler = scheduler;
		this.inline = (scheduler == Schedulers.immediate());
	}

	/** How many loops have a subscriber. */
	synchronized int size() {
		return this.dispatchers.size();
	}

	/**
	 * Return the dispatcher for a new subscriber. A subscriber with a stream gets the
	 * dispatcher of the loop of that stream. Subscribers without a stream get the workers
	 * in turn.
	 */
	synchronized LoopDispatcher acquire(@Nullable SseStream stream) {
		Object key = (stream != null) ? stream.executor() : nextTurn();
		LoopDispatcher dispatcher = this.dispatchers.get(key);
		if (dispatcher == null) {
			dispatcher = (stream != null) ? new LoopDispatcher(key, stream.executor()) : ofWorker(key);
			this.dispatchers.put(key, dispatcher);
		}
		dispatcher.retain();
		return dispatcher;
	}

	private Object nextTurn() {
		return this.inline ? 0 : Math.floorMod(this.nextTurn++, PROCESSORS);
	}

	private LoopDispatcher ofWorker(Object turn) {
		return this.inline ? new LoopDispatcher(turn, new InlineExecutor())
				: new LoopDispatcher(turn, this.scheduler.createWorker());
	}

	/**
	 * Release the dispatcher of a subscriber that has ended and hands over no more tasks.
	 */
	synchronized void release(LoopDispatcher dispatcher) {
		if (dispatcher.release()) {
			this.dispatchers.remove(dispatcher.key());
			dispatcher.dispose();
		}
	}

}
