package io.github.sse4spring;

/**
 * A hub that is closed was asked to publish.
 *
 * @since 0.1.0
 */
public class SseHubClosedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what was wrong and what would be right
	 */
	public SseHubClosedException(String message) {
		super(message);
	}

}
