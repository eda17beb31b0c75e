package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseGapReason;

/**
 * What a stream is told about itself. The id of a notice is where to resume, so that it
 * is told once.
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
