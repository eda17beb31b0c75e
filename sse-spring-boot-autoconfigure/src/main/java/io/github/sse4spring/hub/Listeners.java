package io.github.sse4spring.hub;

import java.util.List;
import java.util.function.Consumer;

import io.github.sse4spring.SseHubListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells all listeners, each of which may fail alone.
 */
final class Listeners {

	private static final Log logger = LogFactory.getLog(Listeners.class);

	private final List<SseHubListener> listeners;

	Listeners(List<SseHubListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	void tell(Consumer<SseHubListener> what) {
		for (SseHubListener listener : this.listeners) {
			try {
				what.accept(listener);
			}
			catch (Throwable ex) {
				// Errors too: no fault of a listener may end a stream or fail a
				// publisher.
				logger.warn("A listener of the hub has failed: " + listener, ex);
			}
		}
	}

}
