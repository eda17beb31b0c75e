package io.github.sse4spring.stream;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One open event stream, as it was when it was asked for. Its numbers may be a little
 * older than each other.
 *
 * @param id identifies it in this process, for as long as it lives
 * @param clientKey whose it is, or {@code null} if the {@link SseClientKeyResolver} has
 * not said
 * @param since when its source was subscribed to
 * @param topics what it reads from a hub; empty if it reads none, or without resume
 * @param events how many events were written
 * @param bytes how many bytes were written, before chunking and compression
 * @param lag how many events of a hub it is behind, of all its topics
 * @param unwritableSince since when it could not be written to though something waits, or
 * {@code null} if it can
 * @since 0.1.0
 */
public record SseConnection(String id, @Nullable String clientKey, Instant since, List<String> topics, long events,
		long bytes, long lag, @Nullable Instant unwritableSince) {

}
