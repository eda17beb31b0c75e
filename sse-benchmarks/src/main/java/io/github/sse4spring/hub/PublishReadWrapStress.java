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
 * A ring of two slots wraps around while it is read. The reader takes no lock, so it may
 * find the slot, a cell that was cleared, or a cell with a later slot. In every case each
 * event is received in order or counted as missed.
 */
@JCStressTest
@Outcome(id = "6", expect = Expect.ACCEPTABLE, desc = "received and missed is published")
@Outcome(expect = Expect.FORBIDDEN, desc = "a silent hole, a duplicate or the wrong order")
@State
public class PublishReadWrapStress {

	private final SseHub hub = Poller.hub(2);

	private final Poller poller = Poller.of(this.hub, SseSubscription.to("a").bufferSize(2));

	@Actor
	public void publish() {
		for (int i = 0; i < 6; i++) {
			this.hub.publish("a", SseEvent.text("x"));
		}
	}

	@Actor
	public void read() {
		this.poller.pollAll();
		this.poller.pollAll();
	}

	@Arbiter
	public void arbiter(I_Result result) {
		this.poller.pollAll();
		result.r1 = this.poller.accounted();
	}

}
