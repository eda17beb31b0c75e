package io.github.sse4spring.webflux;

import java.lang.reflect.ParameterizedType;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;

/**
 * Which types of a returned value are an event stream.
 */
final class EventStreamTypes {

	private final ReactiveAdapterRegistry adapters;

	EventStreamTypes(ReactiveAdapterRegistry adapters) {
		this.adapters = adapters;
	}

	/**
	 * Whether a value of this type is one event, or an asynchronous sequence of events.
	 */
	boolean matches(ResolvableType type, @Nullable Object value) {
		Class<?> declared = type.toClass();
		return declared == SseEvent.class
				|| (adapter(type, value) != null && elementType(type).toClass() == SseEvent.class);
	}

	/** Whether a handler method of this type answers with events, wrapped or not. */
	boolean answers(ResolvableType type) {
		boolean wrapper = HttpEntity.class.isAssignableFrom(type.toClass()) || adapter(type, null) != null;
		boolean parameterized = type.getType() instanceof ParameterizedType;
		return matches(type, null) || (wrapper && parameterized && answers(type.getGeneric()));
	}

	@Nullable ReactiveAdapter adapter(ResolvableType type, @Nullable Object value) {
		return this.adapters.getAdapter(type.resolve(), value);
	}

	private static ResolvableType elementType(ResolvableType type) {
		boolean publisher = Publisher.class.isAssignableFrom(type.toClass());
		return (publisher ? type.as(Publisher.class) : type).getGeneric();
	}

}
