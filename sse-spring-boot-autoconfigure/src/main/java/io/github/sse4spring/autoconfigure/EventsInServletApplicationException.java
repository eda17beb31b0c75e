package io.github.sse4spring.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.util.Arrays;

import io.github.sse4spring.SseEvent;

import org.springframework.core.ResolvableType;
import org.springframework.web.method.HandlerMethod;

/**
 * A handler method of a servlet application returns events, which only WebFlux can write.
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
		// Only what was written down: the bounds of a raw type may go on for ever.
		boolean parameterized = type.getType() instanceof ParameterizedType;
		return type.toClass() == SseEvent.class || (parameterized
				&& Arrays.stream(type.getGenerics()).anyMatch(EventsInServletApplicationException::mentionsEvents));
	}

}
