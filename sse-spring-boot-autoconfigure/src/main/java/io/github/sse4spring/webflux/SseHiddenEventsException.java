package io.github.sse4spring.webflux;

import org.springframework.core.ResolvableType;
import org.springframework.web.method.HandlerMethod;

/**
 * A handler method declares a type that has {@code SseEvent} inside something that is not
 * an event stream, so that it would be written as JSON without its data. Internal: stops
 * the start of an application, and is public for the report of that.
 *
 * @since 0.1.0
 */
public final class SseHiddenEventsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SseHiddenEventsException(HandlerMethod method, ResolvableType type) {
		super("The handler method '%s' declares '%s', which is not an event stream".formatted(method, type));
	}

}
