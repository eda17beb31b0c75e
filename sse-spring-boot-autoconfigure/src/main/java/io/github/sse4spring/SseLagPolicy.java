package io.github.sse4spring;

/**
 * What a subscriber gets that was more than its buffer size behind.
 *
 * @since 0.1.0
 */
public enum SseLagPolicy {

	/**
	 * It goes on half its buffer size behind the tail, after one {@code sse-lag} notice
	 * that says how many events it missed.
	 */
	SKIP,

	/**
	 * It goes on with the newest event only, after one {@code sse-lag} notice. For values
	 * of which only the last one counts, such as prices.
	 */
	SKIP_TO_LATEST,

	/**
	 * Its stream ends cleanly, for the client to come back and resume; what it then can
	 * not get any more it is told as a gap.
	 */
	DISCONNECT,

	/**
	 * Its flux fails with an {@link SseLagException}, for operators to handle. Where none
	 * does, the stream ends as with {@link #DISCONNECT}.
	 */
	FAIL

}
