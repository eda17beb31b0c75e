/**
 * Event streams in WebFlux: recognises a handler that returns {@code Flux<SseEvent>}, and
 * is the transport of its stream over Reactor Netty or any reactive response.
 *
 * <p>
 * {@link io.github.sse4spring.webflux.SseEventResultHandler} and the writer that
 * {@link io.github.sse4spring.webflux.SseWebFluxConfigurer} registers hand such a flux to
 * {@link io.github.sse4spring.stream.SseStreams}.
 */
@NullMarked
package io.github.sse4spring.webflux;

import org.jspecify.annotations.NullMarked;
