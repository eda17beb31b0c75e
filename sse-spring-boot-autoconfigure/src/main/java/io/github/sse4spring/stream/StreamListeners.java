package io.github.sse4spring.stream;

import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Calls all listeners. A listener that fails does not affect the others.
 */
final class StreamListeners {

	private static final Log logger = LogFactory.getLog(StreamListeners.class);

	private final List<SseStreamListener> listeners;

	StreamListeners(List<SseStreamListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	boolean isEmpty() {
		return this.listeners.isEmpty();
	}

	void tell(Consumer<SseStreamListener> what) {
		for (SseStreamListener listener : this.listeners) {
			try {
				what.accept(listener);
			}
			catch (Throwable ex) {
				// Errors too: a listener must not end a stream or fail a publisher.
				logger.warn("A listener of event streams has failed: " + listener, ex);
			}
		}
	}

}
