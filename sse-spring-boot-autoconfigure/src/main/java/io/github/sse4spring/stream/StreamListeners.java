package io.github.sse4spring.stream;

import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The listeners of all streams. A listener that throws does not affect the others.
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
				// Catch errors too: an error in a listener must not end a stream.
				logger.warn("A listener of event streams has failed: " + listener, ex);
			}
		}
	}

}
