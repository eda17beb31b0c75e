package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;

/**
 * What a stream is told about itself. The id of a notice is where to resume, so that it
 * is told once.
 */
final class Notices {

	/** Something newer than the position is not retained any more. */
	static final String EXPIRED = "expired";

	/** The position is one of another life of the hub. */
	static final String RESTARTED = "restarted";

	/** The id is none of the hub, or one that it has not reached. */
	static final String UNKNOWN = "unknown";

	private Notices() {
	}

	static SseEvent gap(String reason, Position position) {
		return SseEvent.text("{\"reason\":\"" + reason + "\"}").withName("sse-gap").withId(position.toString());
	}

	static SseEvent lag(long missed, Position position) {
		return SseEvent.text("{\"missed\":" + missed + "}").withName("sse-lag").withId(position.toString());
	}

}
