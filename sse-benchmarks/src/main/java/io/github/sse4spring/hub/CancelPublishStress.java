package io.github.sse4spring.hub;

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

/**
 * Two threads cancel a subscription while an event is published. The subscription leaves
 * once, and the publish succeeds.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "no subscriber is left")
@Outcome(expect = Expect.FORBIDDEN, desc = "removed twice or not at all")
@State
public class CancelPublishStress {

	private final SseHub hub = Poller.hub(8);

	private final Poller poller = Poller.of(this.hub, SseSubscription.to("a"));

	@Actor
	public void publish() {
		this.hub.publish("a", SseEvent.text("x"));
	}

	@Actor
	public void cancel() {
		this.poller.cancel();
	}

	@Actor
	public void cancelAgain() {
		this.poller.cancel();
	}

	@Arbiter
	public void arbiter(II_Result result) {
		result.r1 = this.hub.snapshot().subscribers();
		result.r2 = this.hub.publish("a", SseEvent.text("x")).subscribers();
	}

}
