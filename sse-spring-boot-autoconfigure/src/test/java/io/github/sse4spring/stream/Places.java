package io.github.sse4spring.stream;

/**
 * Lets tests of other packages see which places among the open streams are taken.
 */
public final class Places {

	private final StreamLimits limits;

	private Places(StreamLimits limits) {
		this.limits = limits;
	}

	public static Places of(SseStreams streams) {
		return new Places(streams.limits());
	}

	/** How many places are taken. */
	public int taken() {
		return this.limits.open();
	}

	/** How many clients have a place. */
	public int clients() {
		return this.limits.clients();
	}

}
