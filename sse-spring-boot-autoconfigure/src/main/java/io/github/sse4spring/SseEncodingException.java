package io.github.sse4spring;

/**
 * An event could not be encoded, because its value could not be written as JSON.
 *
 * @since 0.1.0
 */
public class SseEncodingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what was wrong and with which value
	 * @param cause what the JSON mapper said
	 */
	public SseEncodingException(String message, Throwable cause) {
		super(message, cause);
	}

}
