package io.github.sse4spring;

/**
 * A hub has as many topics as it may, all of them with subscribers.
 *
 * @since 0.1.0
 */
public class SseHubFullException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what was wrong and what would be right
	 */
	public SseHubFullException(String message) {
		super(message);
	}

}
