package io.github.sse4spring;

/**
 * Thrown when an event is published to a closed hub, or a topic of it is completed.
 *
 * @since 0.1.0
 */
public class SseHubClosedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message the problem and the topic
	 */
	public SseHubClosedException(String message) {
		super(message);
	}

}
