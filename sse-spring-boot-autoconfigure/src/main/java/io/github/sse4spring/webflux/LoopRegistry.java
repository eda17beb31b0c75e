package io.github.sse4spring.webflux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import reactor.core.scheduler.Schedulers;

/**
 * The loops of an application: one for each event loop of the server, or as many as there
 * are processors where the server has none. Safe for use by any thread.
 */
final class LoopRegistry {

	private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

	private final Map<Object, StreamLoop> loops = new ConcurrentHashMap<>();

	private final AtomicInteger next = new AtomicInteger();

	/** The loop that stands for an executor, which knows only one thread. */
	StreamLoop of(Executor executor, Supplier<StreamLoop> factory) {
		return this.loops.computeIfAbsent(executor, (key) -> factory.get());
	}

	/** Forget them all, when the server starts anew with other event loops. */
	void clear() {
		this.loops.clear();
	}

	/** One of the loops on {@code Schedulers.parallel()}, each in turn. */
	StreamLoop any() {
		int turn = Math.floorMod(this.next.getAndIncrement(), PROCESSORS);
		return this.loops.computeIfAbsent(turn, (key) -> new SchedulerLoop(Schedulers.parallel()));
	}

}
