package io.github.sse4spring;

/**
 * Why a subscriber may miss events that were published before its stream continues. The
 * client receives the reason in the {@code sse-gap} notice. A {@link SseHubListener}
 * receives it as an argument.
 *
 * @since 0.1.0
 */
public enum SseGapReason {

	/**
	 * An event that was published after the position of the client is no longer retained.
	 * The stream continues with the events that are retained.
	 */
	EXPIRED("expired"),

	/**
	 * The position of the client has another epoch: the hub has been restarted since. The
	 * stream continues with the events that are retained.
	 */
	RESTARTED("restarted"),

	/**
	 * The hub does not know the id that the client sent, or more than one event had that
	 * id. The stream continues with the next event that is published.
	 * <p>
	 * The reason is also used if an operator of the flux failed or was cancelled before
	 * all events had passed through it, and the flux is subscribed to again on the same
	 * stream. The events that had not passed through may be missing.
	 */
	UNKNOWN("unknown");

	private final String code;

	SseGapReason(String code) {
		this.code = code;
	}

	/**
	 * Return the value of {@code reason} in the data of an {@code sse-gap} notice.
	 * @return the reason on the wire, in lower case
	 */
	public String code() {
		return this.code;
	}

}
