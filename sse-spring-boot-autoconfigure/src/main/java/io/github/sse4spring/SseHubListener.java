package io.github.sse4spring;

/**
 * Receives what happens in a hub, on the thread where it happens and outside of any lock.
 * Must not block. An exception of a listener is logged, and affects neither the hub nor
 * other listeners.
 *
 * @since 0.1.0
 */
public interface SseHubListener {

	/**
	 * An event was published.
	 * @param topic the topic
	 * @param id the id of the event
	 */
	default void onPublish(String topic, String id) {
	}

	/**
	 * A subscriber has subscribed.
	 * @param subscription the subscription
	 */
	default void onSubscribe(SseSubscription subscription) {
	}

	/**
	 * A subscriber has left before its flux ended.
	 * @param subscription the subscription
	 */
	default void onCancel(SseSubscription subscription) {
	}

	/**
	 * A subscriber begins with events that were published before.
	 * @param subscription the subscription
	 */
	default void onReplay(SseSubscription subscription) {
	}

	/**
	 * A subscriber has lagged.
	 * @param subscription the subscription
	 * @param missed how many events it missed; zero if its lag policy ends it, since no
	 * event is missed yet
	 */
	default void onLag(SseSubscription subscription, long missed) {
	}

	/**
	 * A subscriber could not resume without a gap.
	 * @param subscription the subscription
	 * @param reason the reason
	 */
	default void onGap(SseSubscription subscription, SseGapReason reason) {
	}

}
