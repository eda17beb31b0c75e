package io.github.sse4spring.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import reactor.core.scheduler.Schedulers;

/**
 * The loops of an application. There is one for each event loop of the server. If the
 * server has no event loops, there is one for each processor. Safe for use by any thread.
 * Internal: the web stacks call it.
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
	 * @param factory creates the loop if there is none for this event loop yet
	 * @return the loop
	 */
	public StreamLoop of(Executor executor, Supplier<StreamLoop> factory) {
		return this.loops.computeIfAbsent(executor, (key) -> factory.get());
	}

	/** Remove all loops, since a server that starts again has other event loops. */
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
