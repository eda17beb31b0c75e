package io.github.sse4spring.hub;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.publisher.Operators;

/**
 * Signals to a subscriber what its reader reads, one signal at a time.
 */
final class SubscriptionPump {

	/*
	 * Every field that is neither volatile nor atomic is used by one thread at a time.
	 * The thread that raises "running" from zero runs the pump, and runs it again while
	 * other threads have raised "running" in the meantime. So the pump makes one signal
	 * at a time. The poll of a fused consumer may signal the end of the subscription too.
	 * "leave" returns true only once, so the end is signalled only once.
	 *
	 * The pump runs on the loop, with one exception. If the loop refuses a task, the
	 * thread that wanted to run the task sets "failure" and then runs the pump, which
	 * only signals the failure.
	 */
	private final CoreSubscriber<? super SseEvent> actual;

	private final SubscriptionReader reader;

	/** Ends the subscription. Returns {@code false} if it had ended before. */
	private final BooleanSupplier leave;

	private final AtomicLong requested = new AtomicLong();

	private final AtomicInteger running = new AtomicInteger();

	private boolean fused;

	private volatile @Nullable Throwable failure;

	SubscriptionPump(CoreSubscriber<? super SseEvent> actual, SubscriptionReader reader, BooleanSupplier leave) {
		this.actual = actual;
		this.reader = reader;
		this.leave = leave;
	}

	/**
	 * Return the fusion mode that is granted. It is NONE if the consumer may poll on
	 * another thread.
	 */
	int requestFusion(int requestedMode) {
		boolean barrier = (requestedMode & Fuseable.THREAD_BARRIER) != 0;
		this.fused = (requestedMode & Fuseable.ASYNC) != 0 && !barrier;
		return this.fused ? Fuseable.ASYNC : Fuseable.NONE;
	}

	/** Return whether the subscriber polls. Its requests are then ignored. */
	boolean isFused() {
		return this.fused;
	}

	/** On any thread. */
	void addDemand(long n) {
		this.requested.accumulateAndGet(n, Operators::addCap);
	}

	/** On any thread. */
	long demand() {
		return this.requested.get();
	}

	/** On any thread: let the next run signal an error. */
	void setFailure(Throwable failure) {
		this.failure = failure;
	}

	/** On any thread. */
	boolean hasFailure() {
		return this.failure != null;
	}

	void run() {
		if (this.running.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		while (seen != 0) {
			try {
				step();
			}
			catch (Throwable ex) {
				fail(ex);
				Exceptions.throwIfFatal(ex);
			}
			seen = this.running.addAndGet(-seen);
		}
	}

	private void step() {
		Throwable failure = this.failure;
		if (failure != null) {
			fail(failure);
		}
		else if (!this.fused) {
			emitWhileDemanded();
		}
		else if (!this.reader.hasEnded()) {
			this.actual.onNext(null);
		}
	}

	private void emitWhileDemanded() {
		boolean more = true;
		while (more && this.requested.get() > 0 && !this.reader.hasEnded()) {
			SseEvent event = this.reader.poll();
			more = (event != null);
			if (event != null && !this.reader.hasEnded()) {
				if (this.requested.get() != Long.MAX_VALUE) {
					this.requested.decrementAndGet();
				}
				this.actual.onNext(event);
			}
		}
		if (!this.reader.hasEnded()) {
			this.reader.readEnd();
			completeIfAtEnd();
		}
	}

	void completeIfAtEnd() {
		if (this.reader.reachEnd()) {
			complete();
		}
	}

	void complete() {
		if (this.leave.getAsBoolean()) {
			this.actual.onComplete();
		}
	}

	void fail(Throwable ex) {
		if (this.leave.getAsBoolean()) {
			this.actual.onError(ex);
		}
	}

}
