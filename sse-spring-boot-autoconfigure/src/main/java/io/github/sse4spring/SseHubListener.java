package io.github.sse4spring;

/**
 * Is told what happens in a hub, on the thread where it happens and outside of any lock.
 * Must not block. A listener that throws harms only itself.
 *
 * @since 0.1.0
 */
public interface SseHubListener {

	/**
	 * An event was published.
	 * @param topic its topic
	 * @param id its id
	 */
	default void onPublish(String topic, String id) {
	}

	/**
	 * A subscriber has subscribed.
	 * @param subscription what it subscribed to
	 */
	default void onSubscribe(SseSubscription subscription) {
	}

	/**
	 * A subscriber has left before its flux ended.
	 * @param subscription what it had subscribed to
	 */
	default void onCancel(SseSubscription subscription) {
	}

	/**
	 * A subscriber begins with events that were published before.
	 * @param subscription what it subscribed to
	 */
	default void onReplay(SseSubscription subscription) {
	}

	/**
	 * A subscriber has lagged.
	 * @param subscription what it subscribed to
	 * @param missed how many events it missed; zero where its policy ends it, since
	 * nothing is missed yet
	 */
	default void onLag(SseSubscription subscription, long missed) {
	}

	/**
	 * A subscriber could not resume without a gap.
	 * @param subscription what it subscribed to
	 * @param reason why
	 */
	default void onGap(SseSubscription subscription, SseGapReason reason) {
	}

}
