package io.github.sse4spring;

import reactor.core.publisher.Flux;

/**
 * Broadcasts events to any number of subscribers. All methods may be called from any
 * thread, and none waits for a subscriber.
 *
 * <h2>Order and ids</h2> A hub is one log: every event gets the next sequence, whatever
 * its topic, and the id {@code <epoch>-<sequence>} unless it has one of its own. A
 * subscriber of several topics receives their events in the order of the log. The events
 * that one thread publishes keep their order.
 *
 * <h2>Retaining</h2> The newest events of each topic stay in its ring. Memory is bounded
 * by events for each topic, and by bytes over all topics: the oldest events of the hub
 * are removed first.
 *
 * <h2>Lagging</h2> A subscriber is a cursor into the rings and copies nothing, so a slow
 * subscriber costs no memory. A subscriber has lagged if it is more than its buffer size
 * behind on a topic when it next takes an event. Its {@link SseLagPolicy} decides what
 * happens then. By default it receives the number of events that it missed, and stays
 * subscribed. It delays neither the publisher nor any other subscriber.
 *
 * <h2>Resuming</h2> A client that reconnects receives the events that are retained after
 * the last one it has seen, and then live events, with no hole and no duplicate between.
 * If part of them is no longer retained, one {@code sse-gap} notice comes first. A client
 * that may subscribe to a topic may read all events that the topic retains.
 *
 * <h2>Closing</h2> {@link #complete(String)} ends a topic in its place in the log;
 * {@link #close()} ends the hub at its tail. Subscribers receive every event before that
 * end.
 *
 * @since 0.1.0
 */
public interface SseHub extends AutoCloseable {

	/** The topic of the methods without a topic. */
	String DEFAULT_TOPIC = "default";

	/**
	 * Publish an event. It is encoded once, on the thread of the caller. No subscribers
	 * is success.
	 * @param topic 1 to 128 bytes of UTF-8 without controls
	 * @param event the event; neither its name nor its id may begin with {@code sse-},
	 * and its id must not look like one of the hub
	 * @return the topic, the number of its subscribers on this node, and the id
	 * @throws IllegalArgumentException if the topic or the event is refused, saying why
	 * @throws SseEncodingException if the value of the event cannot be written as JSON
	 * @throws SseEventTooLargeException if the encoded event is larger than the hub
	 * allows
	 * @throws SseHubFullException if the hub may not have another topic
	 * @throws SseHubClosedException if the hub is closed
	 */
	SsePublication publish(String topic, SseEvent event);

	/**
	 * Publish an event to the topic {@value #DEFAULT_TOPIC}.
	 * @param event the event
	 * @return the topic, the number of its subscribers on this node, and the id
	 */
	default SsePublication publish(SseEvent event) {
		return publish(DEFAULT_TOPIC, event);
	}

	/**
	 * Subscribe to topics, with settings. The flux is lazy, and each of its subscribers
	 * is a subscription of its own. The start is fixed inside the {@code subscribe} of
	 * the flux, on the thread of the caller: every event whose publish begins after that
	 * call has returned is received. Events are emitted on the event loop of the stream,
	 * or on a worker of the hub if there is no stream. Cancelling ends the subscription.
	 * After {@link #close()} the flux completes at once.
	 * @param subscription the topics and settings
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
	 * Return the position of a subscriber that starts now. To send a snapshot before live
	 * events, take the position first, then query the snapshot, then subscribe
	 * {@linkplain SseSubscription#after(String) after} the position: no event is missed
	 * between the snapshot and the stream.
	 * @return the position
	 */
	String position();

	/**
	 * End a topic. The end is an entry of the log: every subscriber that reads to it
	 * completes there. So does a later subscriber, until the topic is published to again,
	 * or is removed because it was idle or there were too many topics. A later subscriber
	 * of a removed topic waits for new events. Completing a topic that does not exist
	 * creates it. A subscriber of several topics completes where all of them are
	 * complete. It goes on with a topic that is published to again before that.
	 * Completing a complete topic changes nothing.
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
	 * End the hub at its tail. Subscribers receive every event before it, and then
	 * complete. Closing again does nothing.
	 */
	@Override
	void close();

}
