/**
 * Event streams in WebFlux. This package recognises a handler that returns
 * {@code Flux<SseEvent>} and passes its events to
 * {@link io.github.sse4spring.stream.SseStreams}. It also contains the transports of a
 * stream, for Reactor Netty and for any other reactive response.
 */
@NullMarked
package io.github.sse4spring.webflux;

import org.jspecify.annotations.NullMarked;
