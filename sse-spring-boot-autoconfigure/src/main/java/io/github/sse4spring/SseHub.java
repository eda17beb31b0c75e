package io.github.sse4spring;

import reactor.core.publisher.Flux;

/**
 * Broadcasts events to any number of subscribers. All methods may be called from any
 * thread, and none waits for a subscriber.
 *
 * <h2>Order and ids</h2> A hub is one log: every event gets the next sequence, whatever
 * its topic, and the id {@code <epoch>-<sequence>} unless it has one of its own. A
 * subscriber of several topics sees them in the order of the log. The events that one
 * thread publishes keep their order.
 *
 * <h2>Retaining</h2> The newest events of each topic stay in its ring, and memory is
 * bounded: by events a topic, by bytes over all topics, where the oldest of the hub go
 * first.
 *
 * <h2>Lagging</h2> A subscriber is a cursor into the rings. It copies nothing, so a slow
 * one costs nothing but what it does not see: when it next takes an event and is more
 * than its buffer size behind on a topic, it has lagged, and its {@link SseLagPolicy}
 * says what it gets. It is told how many events it missed, stays subscribed, and delays
 * neither the publisher nor any other subscriber.
 *
 * <h2>Resuming</h2> A client that reconnects gets what is retained after the last event
 * that it has seen, then what is published live, with no hole and no duplicate between.
 * If something newer than its position is no longer retained, it is told so first, by one
 * {@code sse-gap} notice. Whoever may subscribe to a topic may read all that it retains.
 *
 * <h2>Closing</h2> {@link #complete(String)} ends a topic in its place in the log;
 * {@link #close()} ends the hub at its tail. Subscribers take what is before that.
 *
 * @since 0.1.0
 */
public interface SseHub extends AutoCloseable {

	/** The topic of the methods that name none. */
	String DEFAULT_TOPIC = "default";

	/**
	 * Publish an event. It is encoded once, on the thread of the caller. No subscribers
	 * is success.
	 * @param topic 1 to 128 bytes of UTF-8 without controls
	 * @param event the event; neither its name nor its id may begin with {@code sse-},
	 * and its id must not look like one of the hub
	 * @return what became of it
	 * @throws IllegalArgumentException if the topic or the event is refused, saying why
	 * @throws SseEncodingException if its value cannot be written as JSON
	 * @throws SseEventTooLargeException if it is larger than the hub takes
	 * @throws SseHubFullException if the hub may not have another topic
	 * @throws SseHubClosedException if the hub is closed
	 */
	SsePublication publish(String topic, SseEvent event);

	/**
	 * Publish an event to the topic {@value #DEFAULT_TOPIC}.
	 * @param event the event
	 * @return what became of it
	 */
	default SsePublication publish(SseEvent event) {
		return publish(DEFAULT_TOPIC, event);
	}

	/**
	 * Subscribe as described. The flux is lazy, and every subscriber of it is one of its
	 * own. Where it begins is fixed inside its {@code subscribe}, on the thread of the
	 * caller: every publish that begins after that has returned is seen. Events arrive on
	 * the event loop of the stream, or on a worker of the hub where there is none. Cancel
	 * leaves. After {@link #close()} it completes at once.
	 * @param subscription what to subscribe to
	 * @return the events
	 */
	Flux<SseEvent> subscribe(SseSubscription subscription);

	/**
	 * Subscribe to topics.
	 * @param topics one to 64 topics
	 * @return the events, in the order of the log
	 */
	default Flux<SseEvent> subscribe(String... topics) {
		return subscribe(SseSubscription.to(topics));
	}

	/**
	 * Subscribe to the topic {@value #DEFAULT_TOPIC}.
	 * @return the events
	 */
	default Flux<SseEvent> subscribe() {
		return subscribe(DEFAULT_TOPIC);
	}

	/**
	 * Return the id that a subscriber starting now would get. Take it, query, and
	 * subscribe {@linkplain SseSubscription#after(String) after} it: nothing is missed
	 * between the query and the stream.
	 * @return the position
	 */
	String position();

	/**
	 * End a topic. The end is an entry of the log: every subscriber that reads to it
	 * completes there, also one that subscribes later, until the topic is published to
	 * again. A subscriber of several topics completes where all of them are complete. It
	 * goes on with a topic that is published to again before that. Completing a complete
	 * topic changes nothing.
	 * @param topic 1 to 128 bytes of UTF-8 without controls
	 * @return the topic, its subscribers on this node, and the position of its end; if
	 * the topic was complete already, the position of that end
	 * @throws IllegalArgumentException if the topic is refused, saying why
	 * @throws SseHubFullException if the hub may not have another topic
	 * @throws SseHubClosedException if the hub is closed
	 */
	SsePublication complete(String topic);

	/**
	 * Return the state of the hub.
	 * @return a snapshot; numbers of different topics may be of different moments
	 */
	SseHubSnapshot snapshot();

	/**
	 * End the hub at its tail: subscribers take what is before it, then complete. Closing
	 * again does nothing.
	 */
	@Override
	void close();

}
