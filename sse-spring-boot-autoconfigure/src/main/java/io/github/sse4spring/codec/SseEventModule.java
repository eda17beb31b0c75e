package io.github.sse4spring.codec;

import io.github.sse4spring.SseEvent;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Lets a {@code JsonMapper} fail on an {@link SseEvent} instead of writing it as an
 * object without its data. That is what becomes of a handler whose declared type, such as
 * {@code Flux<?>}, does not say that it returns events. The failure says what to declare.
 *
 * <p>
 * Spring Boot registers it with the mapper that it builds. A mapper that the application
 * builds by itself wants {@code JsonMapper.builder().addModule(new SseEventModule())}.
 *
 * @since 0.1.0
 */
public final class SseEventModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the module.
	 */
	public SseEventModule() {
		super(SseEventModule.class.getName());
		addSerializer(new Refusal());
	}

	private static final class Refusal extends StdSerializer<SseEvent> {

		private Refusal() {
			super(SseEvent.class);
		}

		@Override
		public void serialize(SseEvent event, JsonGenerator generator, SerializationContext context) {
			throw DatabindException.from(generator,
					"SseEvent is not written as JSON, which would not have its data. For an event stream declare"
							+ " Flux<SseEvent>, Mono<SseEvent> or SseEvent, or one of them in ResponseEntity;"
							+ " for JSON return the values themselves");
		}

	}

}
