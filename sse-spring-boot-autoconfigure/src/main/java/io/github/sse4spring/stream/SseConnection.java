package io.github.sse4spring.stream;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one open event stream. Its numbers may be of slightly different times.
 *
 * @param id the id of the stream in this process
 * @param clientKey the key of its client, or {@code null} if the
 * {@link SseClientKeyResolver} returned none
 * @param since when its source was subscribed to
 * @param topics the topics that it reads from a hub; empty if it does not read from a
 * hub, or if its subscription does not resume
 * @param events how many events were written
 * @param bytes how many bytes were written, before chunking and compression
 * @param lag how many events it is behind, over all its topics
 * @param unwritableSince since when its connection has taken no bytes, or {@code null} if
 * it takes them
 * @since 0.1.0
 */
public record SseConnection(String id, @Nullable String clientKey, Instant since, List<String> topics, long events,
		long bytes, long lag, @Nullable Instant unwritableSince) {

}
