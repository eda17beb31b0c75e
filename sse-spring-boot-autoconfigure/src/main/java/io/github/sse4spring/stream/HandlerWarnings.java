package io.github.sse4spring.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Warnings, one a handler, that its operators prevent an exact resume.
 */
final class HandlerWarnings {

	private static final Log logger = LogFactory.getLog(HandlerWarnings.class);

	/** Handlers are few, unless each request has a handler of its own. */
	private static final int MAX_HANDLERS = 1000;

	private static final Set<String> outOfOrder = ConcurrentHashMap.newKeySet();

	private static final Set<String> withoutId = ConcurrentHashMap.newKeySet();

	private HandlerWarnings() {
	}

	/**
	 * An event has overtaken another one, or an event before it was left out by an
	 * operator that cannot be seen.
	 */
	static void outOfOrder(String handler) {
		if (isFirst(outOfOrder, handler)) {
			logger.warn(handler + " does not keep the order of its events, or an operator that the stream cannot see "
					+ "through leaves some out. So an id is written only when every event before it has been, and a "
					+ "client that reconnects may get events again. Keep the order with concatMap or "
					+ "flatMapSequential in place of flatMap, and leave events out with SseSubscription.filter(..)");
		}
	}

	/** An event of a hub has arrived without the id that it had. */
	static void withoutId(String handler) {
		if (isFirst(withoutId, handler)) {
			logger.warn("An event of a hub has arrived without its id behind an operator of " + handler
					+ " that the stream cannot see through, so its client cannot resume after it: keep the id with "
					+ "event.withId(..)");
		}
	}

	private static boolean isFirst(Set<String> handlers, String handler) {
		return handlers.size() < MAX_HANDLERS && handlers.add(handler);
	}

}
