/**
 * The life of an event stream in a WebFlux response: from the handler that returned a
 * {@code Flux<SseEvent>} to the last byte on the wire.
 *
 * <p>
 * {@link io.github.sse4spring.webflux.SseEventResultHandler} and the writer that
 * {@link io.github.sse4spring.webflux.SseWebFluxConfigurer} registers recognise such a
 * flux and hand it to {@link io.github.sse4spring.webflux.SseStreams}, which knows all
 * open streams. A stream has a writer, which is a small state machine on one event loop;
 * a source subscriber, where signals of the source cross to that loop; and a transport,
 * which is what differs between servers.
 */
@NullMarked
package io.github.sse4spring.webflux;

import org.jspecify.annotations.NullMarked;
