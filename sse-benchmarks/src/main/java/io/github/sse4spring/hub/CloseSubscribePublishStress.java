package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A hub is closed while a client resumes and an event is published. If the event was
 * published, the client receives it. Then the flux of the client completes.
 */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "published before the end, seen, completed")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "refused after the end, completed")
@Outcome(expect = Expect.FORBIDDEN, desc = "published and not seen, or never completed")
@State
public class CloseSubscribePublishStress {

	private final SseHub hub = Poller.hub(8);

	private final String position = this.hub.position();

	private @Nullable Poller poller;

	private int published;

	@Actor
	public void close() {
		this.hub.close();
	}

	@Actor
	public void subscribe() {
		this.poller = Poller.of(this.hub, SseSubscription.to("a").after(this.position));
	}

	@Actor
	public void publish() {
		try {
			this.hub.publish("a", SseEvent.text("x"));
			this.published = 1;
		}
		catch (SseHubClosedException ex) {
			this.published = 0;
		}
	}

	@Arbiter
	public void arbiter(III_Result result) {
		Poller poller = this.poller;
		if (poller != null) {
			poller.pollAll();
			result.r1 = this.published;
			result.r2 = poller.received();
			result.r3 = poller.isCompleted() ? 1 : 0;
		}
	}

}
