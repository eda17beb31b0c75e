package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseGapReason;

/**
 * Creates the notices of a hub. The id of a notice is the position just before the next
 * event, so a client that resumes there does not receive the notice again.
 */
final class Notices {

	private Notices() {
	}

	static SseEvent gap(SseGapReason reason, Position position) {
		return SseEvent.text("{\"reason\":\"" + reason.code() + "\"}").withName("sse-gap").withId(position.toString());
	}

	static SseEvent lag(long missed, Position position) {
		return SseEvent.text("{\"missed\":" + missed + "}").withName("sse-lag").withId(position.toString());
	}

}
