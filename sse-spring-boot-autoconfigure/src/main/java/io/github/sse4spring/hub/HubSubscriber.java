package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * One subscriber of a hub.
 *
 * @param description the topics and settings of the subscription
 * @param actual receives the signals
 * @param stream the stream that the subscriber writes to, if there is one
 */
record HubSubscriber(SseSubscription description, CoreSubscriber<? super SseEvent> actual, @Nullable SseStream stream) {

}
