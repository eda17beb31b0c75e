/**
 * The life of one event stream: its writer, keep-alive, limits, drain and connections.
 * The classes of this package use a server only through
 * {@link io.github.sse4spring.stream.SseStreamRequest},
 * {@link io.github.sse4spring.stream.StreamResponse} and
 * {@link io.github.sse4spring.stream.StreamTransport}.
 */
@NullMarked
package io.github.sse4spring.stream;

import org.jspecify.annotations.NullMarked;
