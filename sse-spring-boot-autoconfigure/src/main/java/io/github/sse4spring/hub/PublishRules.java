package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseSubscription;

/**
 * Checks the topic, the name and the id of an event that is published. A hub refuses
 * names and ids that look like those that it assigns itself.
 */
final class PublishRules {

	private static final String RESERVED = "sse-";

	private PublishRules() {
	}

	static void check(String topic, SseEvent event) {
		checkTopic(topic);
		String id = event.id();
		if (event.isNotice()) {
			throw new IllegalArgumentException(
					"name must not begin with '%s', as '%s' does: such names are reserved for notices"
						.formatted(RESERVED, event.name()));
		}
		if (id != null && (id.isEmpty() || id.startsWith(RESERVED) || Position.isShapeOf(id))) {
			throw new IllegalArgumentException(
					"id must not be empty, begin with '%s' or look like an id that a hub assigns, as '%s' does"
						.formatted(RESERVED, id));
		}
	}

	static void checkTopic(String topic) {
		SseSubscription.to(topic);
	}

}
