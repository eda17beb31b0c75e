package io.github.sse4spring.hub;

import java.util.List;
import java.util.function.Consumer;

import io.github.sse4spring.SseHubListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The listeners of a hub. A listener that throws does not affect the others.
 */
final class Listeners {

	private static final Log logger = LogFactory.getLog(Listeners.class);

	private final List<SseHubListener> listeners;

	Listeners(List<SseHubListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	/** Call every listener. */
	void tell(Consumer<SseHubListener> call) {
		for (SseHubListener listener : this.listeners) {
			try {
				call.accept(listener);
			}
			catch (Throwable ex) {
				// Catch errors too: an error in a listener must not end a stream or fail
				// a publisher.
				logger.warn("A listener of the hub has failed: " + listener, ex);
			}
		}
	}

}
