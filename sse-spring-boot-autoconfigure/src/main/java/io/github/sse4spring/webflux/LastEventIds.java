package io.github.sse4spring.webflux;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Finds the last event ID in a request.
 */
final class LastEventIds {

	private LastEventIds() {
	}

	/** The header, else the query parameter for a first request that resumes already. */
	static @Nullable SseLastEventId of(ServerHttpRequest request) {
		String header = request.getHeaders().getFirst("Last-Event-ID");
		String id = (header != null && !header.isEmpty()) ? decode(header)
				: request.getQueryParams().getFirst("lastEventId");
		return (id != null && !id.isEmpty()) ? SseLastEventId.of(id) : null;
	}

	/** Clients send UTF-8, which servers read as Latin-1. */
	private static String decode(String header) {
		byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			// Kept as it is, which no id of ours looks like.
			return header;
		}
	}

}
