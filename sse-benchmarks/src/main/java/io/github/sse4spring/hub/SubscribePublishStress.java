package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A client resumes while an event is published, which tests the seam between replayed and
 * live events. The start is fixed under the lock of the log, so either the event is below
 * the tail of the start, or it wakes the subscription.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "seen exactly once")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost at the seam, or seen twice")
@State
public class SubscribePublishStress {

	private final SseHub hub = Poller.hub(8);

	private final String position = this.hub.position();

	private @Nullable Poller poller;

	@Actor
	public void publish() {
		this.hub.publish("a", SseEvent.text("x"));
	}

	@Actor
	public void subscribe() {
		this.poller = Poller.of(this.hub, SseSubscription.to("a").after(this.position));
		this.poller.pollAll();
	}

	@Arbiter
	public void arbiter(I_Result result) {
		Poller poller = this.poller;
		if (poller != null) {
			poller.pollAll();
			result.r1 = poller.accounted();
		}
	}

}
