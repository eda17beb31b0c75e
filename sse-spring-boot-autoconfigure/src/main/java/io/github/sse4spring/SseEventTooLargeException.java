package io.github.sse4spring;

/**
 * Thrown when an encoded event is larger than a hub accepts.
 *
 * @since 0.1.0
 */
public class SseEventTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message the problem and the limit
	 */
	public SseEventTooLargeException(String message) {
		super(message);
	}

}
