package io.github.sse4spring.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import reactor.core.scheduler.Schedulers;

/**
 * The loops of an application: one for each event loop of the server, or as many as there
 * are processors where the server has none. Safe for use by any thread. Internal: the web
 * stacks call it.
 *
 * @since 0.1.0
 */
public final class LoopRegistry {

	private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

	private final Map<Object, StreamLoop> loops = new ConcurrentHashMap<>();

	private final AtomicInteger next = new AtomicInteger();

	LoopRegistry() {
	}

	/**
	 * Return the loop that stands for an event loop of the server.
	 * @param executor the event loop, which has one thread
	 * @param factory creates the loop when it is asked for first
	 * @return the loop
	 */
	public StreamLoop of(Executor executor, Supplier<StreamLoop> factory) {
		return this.loops.computeIfAbsent(executor, (key) -> factory.get());
	}

	/** Forget all loops: the server starts again with other event loops. */
	void clear() {
		this.loops.clear();
	}

	/**
	 * Return one of the loops on {@code Schedulers.parallel()}, each in turn.
	 * @return the loop
	 */
	public StreamLoop any() {
		int turn = Math.floorMod(this.next.getAndIncrement(), PROCESSORS);
		return this.loops.computeIfAbsent(turn, (key) -> new SchedulerLoop(Schedulers.parallel()));
	}

}
