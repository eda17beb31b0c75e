package io.github.sse4spring.codec;

import io.github.sse4spring.SseEncodingException;
import io.github.sse4spring.SseEvent;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Lets a mapper fail on an {@link SseEvent}. The failure says what to declare.
 */
final class SseEventModule extends SimpleModule {

	private static final long serialVersionUID = 1L;

	SseEventModule() {
		super(SseEventModule.class.getName());
		addSerializer(new Refusal());
	}

	private static final class Refusal extends StdSerializer<SseEvent> {

		private Refusal() {
			super(SseEvent.class);
		}

		@Override
		public void serialize(SseEvent event, JsonGenerator generator, SerializationContext context) {
			throw DatabindException.from(generator, SseEncodingException.HIDDEN_EVENT);
		}

	}

}
