package io.github.sse4spring;

import reactor.core.publisher.Mono;

/**
 * The outcome of publishing an event, or of completing a topic.
 *
 * @param topic the topic
 * @param subscribers how many subscribers the topic has on this node at this moment. They
 * may leave or lag before they receive the event
 * @param stored the id of the event on the wire, or the position of the end of the topic,
 * once it is stored. The entry is stored whether or not this is subscribed to
 * @since 0.1.0
 */
public record SsePublication(String topic, int subscribers, Mono<String> stored) {

}
