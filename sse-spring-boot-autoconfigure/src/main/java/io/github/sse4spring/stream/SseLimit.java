package io.github.sse4spring.stream;

/**
 * A limit that can refuse a stream.
 *
 * @since 0.1.0
 */
public enum SseLimit {

	/** The streams of this node: {@code sse.limits.max-connections}. */
	MAX_CONNECTIONS("max-connections"),

	/** The streams of one client: {@code sse.limits.max-connections-per-client}. */
	MAX_CONNECTIONS_PER_CLIENT("max-connections-per-client");

	private final String code;

	SseLimit(String code) {
		this.code = code;
	}

	/**
	 * Return the name of the limit, as it is used in the response of a refused request,
	 * in meters, and for the property below {@code sse.limits}.
	 * @return the name, such as {@code max-connections}
	 */
	public String code() {
		return this.code;
	}

}
