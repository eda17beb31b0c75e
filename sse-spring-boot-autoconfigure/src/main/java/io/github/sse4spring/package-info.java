/**
 * Server-Sent Events for Spring WebFlux.
 *
 * <p>
 * Four nouns tell the story. An {@link io.github.sse4spring.SseEvent event} is one block
 * of an event stream. A handler returns a {@code Flux<SseEvent>}, which becomes the body
 * of a response. While that response is open it is a
 * {@link io.github.sse4spring.SseStream stream}, with an event loop that owns it and the
 * id that the client sent. While nothing happens on it, a
 * {@link io.github.sse4spring.SseKeepAlive keep-alive} comment tells both ends that the
 * other is still there.
 *
 * <p>
 * This package depends on the JDK and Reactor alone.
 */
@NullMarked
package io.github.sse4spring;

import org.jspecify.annotations.NullMarked;
