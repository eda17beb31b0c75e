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
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads publish to a subscriber that polls only when it is woken. The tail moves
 * before a group is woken, and a group clears its flag before the tail is read, so no
 * event stays unseen.
 */
@JCStressTest
@Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "everything was seen")
@Outcome(expect = Expect.FORBIDDEN, desc = "a wake-up was lost: an event stays unseen until the next one")
@State
public class WakePublishStress {

	private final SseHub hub = Poller.hub(8);

	private final Poller poller = Poller.whenTold(this.hub, SseSubscription.to("a"));

	@Actor
	public void publish() {
		this.hub.publish("a", SseEvent.text("x"));
		this.hub.publish("a", SseEvent.text("x"));
	}

	@Actor
	public void publishToo() {
		this.hub.publish("a", SseEvent.text("x"));
		this.hub.publish("a", SseEvent.text("x"));
	}

	@Arbiter
	public void arbiter(I_Result result) {
		result.r1 = this.poller.accounted();
	}

}
