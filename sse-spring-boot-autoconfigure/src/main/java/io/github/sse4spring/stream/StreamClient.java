package io.github.sse4spring.stream;

import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;

/**
 * The client of a stream, and its request.
 *
 * @param key the key of the client, or {@code null} if it is not limited
 * @param lastEventId the id of the last event that the client has seen, if any
 * @param method the method of the request
 * @param path the path of the request, as it stands in the request line
 * @param handler the handler of the request, as far as it is known
 */
record StreamClient(@Nullable String key, @Nullable SseLastEventId lastEventId, String method, String path,
		String handler) {

	static StreamClient of(SseStreamRequest request, @Nullable String key, @Nullable SseLastEventId lastEventId) {
		return new StreamClient(key, lastEventId, request.method(), request.path(), request.handler());
	}

	/** Return a description of a stream of this client, for a log line. */
	String describe(long id) {
		String client = (this.key != null) ? " for client '" + printable(this.key) + "'" : "";
		return "The event stream %d of %s %s%s".formatted(id, this.method, this.path, client);
	}

	/**
	 * Escape control characters of a key for a log line, since a client may have chosen
	 * its key.
	 */
	static String printable(String key) {
		StringBuilder printed = new StringBuilder(key.length());
		key.chars().forEach((c) -> {
			if (Character.isISOControl(c)) {
				printed.append("\\u%04X".formatted(c));
			}
			else {
				printed.append((char) c);
			}
		});
		return printed.toString();
	}

}
