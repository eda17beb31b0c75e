package io.github.sse4spring.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs warnings that the operators of a handler prevent an exact resume. Each warning is
 * logged once for each handler.
 */
final class HandlerWarnings {

	private static final Log logger = LogFactory.getLog(HandlerWarnings.class);

	/**
	 * An application has few handlers, unless each request has a handler of its own. This
	 * limits the memory in that case.
	 */
	private static final int MAX_HANDLERS = 1000;

	private static final Set<String> outOfOrder = ConcurrentHashMap.newKeySet();

	private static final Set<String> withoutId = ConcurrentHashMap.newKeySet();

	private HandlerWarnings() {
	}

	/**
	 * Warn that an event was written without its id, since an earlier event was not
	 * written before it. Either the event has overtaken the earlier one, or an operator
	 * that the stream cannot see through has left the earlier one out.
	 */
	static void outOfOrder(String handler) {
		if (isFirst(outOfOrder, handler)) {
			logger.warn(handler + " does not keep the order of its events, or an operator that the stream cannot see "
					+ "through leaves some out. So an id is written only after every event before it was written, and a "
					+ "client that reconnects may get events again. Keep the order with concatMap or "
					+ "flatMapSequential in place of flatMap, and leave events out with SseSubscription.filter(..)");
		}
	}

	/**
	 * Warn that an event has arrived without an id, although a subscription to a hub has
	 * the position of the stream.
	 */
	static void withoutId(String handler) {
		if (isFirst(withoutId, handler)) {
			logger.warn("An event has arrived without an id on a stream of " + handler
					+ " and its client cannot resume after this event. If the event comes from a hub, keep its id with "
					+ "event.withId(..)");
		}
	}

	private static boolean isFirst(Set<String> handlers, String handler) {
		return handlers.size() < MAX_HANDLERS && handlers.add(handler);
	}

}
