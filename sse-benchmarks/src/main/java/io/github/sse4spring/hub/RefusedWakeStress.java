package io.github.sse4spring.hub;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Two threads publish to two topics on one loop, which refuses one task. Then each
 * subscriber has failed or has received its event: no wake-up is lost.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "each has failed or has its event")
@Outcome(expect = Expect.FORBIDDEN, desc = "an event stays unseen by a subscriber that has not failed")
@State
public class RefusedWakeStress {

	private final RefusingScheduler scheduler = new RefusingScheduler();

	private final SseHub hub = SseHubBuilder.create().scheduler(this.scheduler).build();

	private final Poller a = Poller.whenTold(this.hub, SseSubscription.to("a"));

	private final Poller b;

	public RefusedWakeStress() {
		// Workers are assigned in turn, so the next worker is that of the first
		// subscriber.
		for (int i = 1; i < Runtime.getRuntime().availableProcessors(); i++) {
			Poller.whenTold(this.hub, SseSubscription.to("other"));
		}
		this.b = Poller.whenTold(this.hub, SseSubscription.to("b"));
		this.scheduler.toRefuse.set(1);
	}

	@Actor
	public void publishToA() {
		this.hub.publish("a", SseEvent.text("x"));
	}

	@Actor
	public void publishToB() {
		this.hub.publish("b", SseEvent.text("x"));
	}

	@Arbiter
	public void arbiter(II_Result result) {
		result.r1 = (this.a.isCompleted() || this.a.accounted() == 1) ? 1 : 0;
		result.r2 = (this.b.isCompleted() || this.b.accounted() == 1) ? 1 : 0;
	}

	/**
	 * A scheduler with one loop, which runs each task inside the call that adds it.
	 */
	private static final class RefusingScheduler implements Scheduler {

		private final InlineExecutor loop = new InlineExecutor();

		private final AtomicInteger toRefuse = new AtomicInteger();

		@Override
		public Disposable schedule(Runnable task) {
			if (this.toRefuse.getAndUpdate((count) -> Math.max(0, count - 1)) > 0) {
				throw new RejectedExecutionException("full");
			}
			this.loop.execute(task);
			return Disposables.disposed();
		}

		@Override
		public Worker createWorker() {
			return new Worker() {

				@Override
				public Disposable schedule(Runnable task) {
					return RefusingScheduler.this.schedule(task);
				}

				@Override
				public void dispose() {
				}

			};
		}

	}

}
