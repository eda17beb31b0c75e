package io.github.sse4spring;

/**
 * Thrown when an event cannot be encoded because its value cannot be written as JSON.
 *
 * @since 0.1.0
 */
public class SseEncodingException extends RuntimeException {

	/**
	 * The message for an event that is about to be written as JSON, and not as an event
	 * stream.
	 */
	public static final String HIDDEN_EVENT = "SseEvent cannot be written as JSON. For an event stream declare"
			+ " Flux<SseEvent>, Mono<SseEvent> or SseEvent, or one of them in ResponseEntity;"
			+ " for JSON return the values themselves";

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
