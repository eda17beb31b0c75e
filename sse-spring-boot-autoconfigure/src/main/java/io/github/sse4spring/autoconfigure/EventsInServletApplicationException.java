package io.github.sse4spring.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.util.Arrays;

import io.github.sse4spring.SseEvent;

import org.springframework.core.ResolvableType;
import org.springframework.web.method.HandlerMethod;

/**
 * Thrown if a handler method of a servlet application returns events. Only WebFlux can
 * write them.
 */
final class EventsInServletApplicationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private EventsInServletApplicationException(String method) {
		super(method);
	}

	static void throwIfReturnsEvents(HandlerMethod method) {
		ResolvableType type = ResolvableType.forMethodParameter(method.getReturnType());
		if (mentionsEvents(type)) {
			throw new EventsInServletApplicationException("%s %s".formatted(type, method.getShortLogMessage()));
		}
	}

	private static boolean mentionsEvents(ResolvableType type) {
		// Declared type arguments only, since the bounds of a raw type may be recursive.
		boolean parameterized = type.getType() instanceof ParameterizedType;
		return type.toClass() == SseEvent.class || (parameterized
				&& Arrays.stream(type.getGenerics()).anyMatch(EventsInServletApplicationException::mentionsEvents));
	}

}
