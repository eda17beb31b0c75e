package io.github.sse4spring.webflux;

import java.util.Arrays;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;

/**
 * Decides which types of a return value are an event stream.
 */
final class EventStreamTypes {

	/** The bounds of a raw type may refer to themselves without end. */
	private static final int MAX_DEPTH = 8;

	private final ReactiveAdapterRegistry adapters;

	EventStreamTypes(ReactiveAdapterRegistry adapters) {
		this.adapters = adapters;
	}

	/**
	 * Return whether a value of this type is one event or an asynchronous sequence of
	 * events.
	 */
	boolean matches(ResolvableType type, @Nullable Object value) {
		Class<?> declared = type.toClass();
		return declared == SseEvent.class
				|| (adapter(type, value) != null && elementType(type).toClass() == SseEvent.class);
	}

	/**
	 * Return whether a handler method with this return type answers with events, directly
	 * or in an {@link HttpEntity}.
	 */
	boolean answers(ResolvableType type) {
		boolean later = adapter(type, null) != null && isEntity(type.getGeneric());
		ResolvableType entity = later ? type.getGeneric() : type;
		return matches(type, null) || (isEntity(entity) && matches(entity.getGeneric(), null));
	}

	/**
	 * Return whether this type contains events inside something that is not an event
	 * stream.
	 */
	boolean hides(ResolvableType type) {
		return !answers(type) && mentionsEvents(type, MAX_DEPTH);
	}

	/**
	 * Return whether this type is an {@link HttpEntity}, or an asynchronous value of one.
	 */
	static boolean hasEntity(ResolvableType type) {
		return isEntity(type) || isEntity(type.getGeneric());
	}

	private static boolean isEntity(ResolvableType type) {
		return HttpEntity.class.isAssignableFrom(type.toClass());
	}

	private static boolean mentionsEvents(ResolvableType type, int depth) {
		if (depth == 0) {
			return false;
		}
		return type.toClass() == SseEvent.class || mentionsEvents(type.getComponentType(), depth - 1)
				|| Arrays.stream(type.getGenerics()).anyMatch((generic) -> mentionsEvents(generic, depth - 1));
	}

	@Nullable ReactiveAdapter adapter(ResolvableType type, @Nullable Object value) {
		return this.adapters.getAdapter(type.resolve(), value);
	}

	private static ResolvableType elementType(ResolvableType type) {
		boolean publisher = Publisher.class.isAssignableFrom(type.toClass());
		return (publisher ? type.as(Publisher.class) : type).getGeneric();
	}

}
