package io.github.sse4spring.webflux;

import org.springframework.core.ResolvableType;
import org.springframework.web.method.HandlerMethod;

/**
 * The return type of a handler method contains {@code SseEvent} inside something that is
 * not an event stream. The event would be written as JSON without its data. Internal: the
 * application does not start, and the auto-configuration reports the exception. Public
 * only for that report.
 *
 * @since 0.1.0
 */
public final class SseHiddenEventsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SseHiddenEventsException(HandlerMethod method, ResolvableType type) {
		super("The handler method '%s' declares '%s', which is not an event stream".formatted(method, type));
	}

}
