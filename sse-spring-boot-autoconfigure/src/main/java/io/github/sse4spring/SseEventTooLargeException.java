package io.github.sse4spring;

/**
 * An event is larger, encoded, than a hub takes.
 *
 * @since 0.1.0
 */
public class SseEventTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what was wrong and what would be right
	 */
	public SseEventTooLargeException(String message) {
		super(message);
	}

}
