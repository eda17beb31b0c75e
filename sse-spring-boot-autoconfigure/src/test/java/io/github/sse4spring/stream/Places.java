package io.github.sse4spring.stream;

/**
 * Shows tests of other packages how many places for open streams are taken.
 */
public final class Places {

	private final StreamLimits limits;

	private Places(StreamLimits limits) {
		this.limits = limits;
	}

	public static Places of(SseStreams streams) {
		return new Places(streams.limits());
	}

	/** Return how many places are taken. */
	public int taken() {
		return this.limits.open();
	}

	/** Return how many clients have a place. */
	public int clients() {
		return this.limits.clients();
	}

}
