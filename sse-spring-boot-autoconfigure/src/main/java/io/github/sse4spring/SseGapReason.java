package io.github.sse4spring;

/**
 * Why a subscriber may miss events that were published before its stream goes on. The
 * client reads the reason in the {@code sse-gap} notice; a {@link SseHubListener} is
 * called with it.
 *
 * @since 0.1.0
 */
public enum SseGapReason {

	/**
	 * An event that was published after the position of the client is no longer retained.
	 * The stream goes on with the events that are retained.
	 */
	EXPIRED("expired"),

	/**
	 * The position of the client has another epoch: the hub was restarted since. The
	 * stream goes on with the events that are retained.
	 */
	RESTARTED("restarted"),

	/**
	 * The hub does not know the id that the client sent, or more than one event had that
	 * id. The stream goes on with the next event that is published. This is also the
	 * reason where an operator of the flux failed or was cancelled before every event had
	 * come through it, and the flux is subscribed to again on the same stream: those
	 * events may be missing.
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
