package io.github.sse4spring;

import reactor.core.publisher.Mono;

/**
 * What became of a published event.
 *
 * @param topic the topic
 * @param subscribers how many subscribers the topic has here and now, which does not say
 * that they will get the event
 * @param stored the id of the event on the wire, once it is stored; under way whether or
 * not it is subscribed to
 * @since 0.1.0
 */
public record SsePublication(String topic, int subscribers, Mono<String> stored) {

}
