/**
 * Event streams in WebFlux: recognises a handler that returns {@code Flux<SseEvent>},
 * hands its events to {@link io.github.sse4spring.stream.SseStreams}, and is the
 * transport of the stream over Reactor Netty or any reactive response.
 */
@NullMarked
package io.github.sse4spring.webflux;

import org.jspecify.annotations.NullMarked;
