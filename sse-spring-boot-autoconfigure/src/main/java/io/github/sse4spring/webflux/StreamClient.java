package io.github.sse4spring.webflux;

import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;

/**
 * Who has asked for a stream.
 *
 * @param key whose limit counts, or {@code null} if nobody's does
 * @param lastEventId the id of the last event that it has seen, if any
 */
record StreamClient(@Nullable String key, @Nullable SseLastEventId lastEventId) {

}
