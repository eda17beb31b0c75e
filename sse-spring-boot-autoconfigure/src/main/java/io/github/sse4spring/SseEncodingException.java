package io.github.sse4spring;

/**
 * Thrown when an event cannot be encoded because its value cannot be written as JSON.
 *
 * @since 0.1.0
 */
public class SseEncodingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message the problem and the type of the value
	 * @param cause the exception of the JSON mapper
	 */
	public SseEncodingException(String message, Throwable cause) {
		super(message, cause);
	}

}
