package io.github.sse4spring;

/**
 * Thrown when a hub needs another topic but has reached its maximum, and every topic has
 * subscribers.
 *
 * @since 0.1.0
 */
public class SseHubFullException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message the problem, the number of topics and the topic
	 */
	public SseHubFullException(String message) {
		super(message);
	}

}
