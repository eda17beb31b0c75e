/**
 * Server-Sent Events for Spring.
 *
 * <p>
 * An {@link io.github.sse4spring.SseEvent event} is one block of an event stream. A
 * handler returns a {@code Flux<SseEvent>}, which becomes the body of a response. While
 * that response is open it is a {@link io.github.sse4spring.SseStream stream}. A stream
 * has an event loop that owns it, and the last event ID that the client sent. While a
 * stream is idle, the server writes {@link io.github.sse4spring.SseKeepAlive keep-alive}
 * comments to it, by which both ends detect a connection that is dead.
 *
 * <p>
 * A {@link io.github.sse4spring.SseHub hub} broadcasts events: any thread publishes to a
 * topic, and each {@link io.github.sse4spring.SseSubscription subscription} is the source
 * of a stream that can resume.
 *
 * <p>
 * This package depends on the JDK and Reactor alone.
 */
@NullMarked
package io.github.sse4spring;

import org.jspecify.annotations.NullMarked;
