package io.github.sse4spring;

/**
 * The action for a subscriber that is more than its buffer size behind.
 *
 * @since 0.1.0
 */
public enum SseLagPolicy {

	/**
	 * The subscriber receives one {@code sse-lag} notice with the number of events that
	 * it missed. It then continues half its buffer size behind the tail.
	 */
	SKIP,

	/**
	 * The subscriber receives one {@code sse-lag} notice and then continues with the
	 * newest event. Use it where only the latest value counts, such as for prices.
	 */
	SKIP_TO_LATEST,

	/**
	 * The stream ends cleanly, and the client reconnects and resumes. If some of the
	 * events after its position are no longer retained by then, an {@code sse-gap} notice
	 * comes first. Without a stream the flux completes. With
	 * {@link SseSubscription#withoutResume()} the flux fails as with {@link #FAIL}.
	 */
	DISCONNECT,

	/**
	 * The flux fails with an {@link SseLagException}, which an operator may handle. If no
	 * operator does, the stream ends as with {@link #DISCONNECT}.
	 */
	FAIL

}
