package io.github.sse4spring.stream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;

/**
 * Finds the last event ID of a request.
 */
final class LastEventIds {

	private LastEventIds() {
	}

	/**
	 * Return the id in the header, or the id in the query parameter if there is no
	 * header. The query parameter is for a client that resumes with its first request.
	 */
	static @Nullable SseLastEventId of(@Nullable String header, @Nullable String parameter) {
		if (header != null && !header.isEmpty()) {
			return SseLastEventId.of(decode(header));
		}
		return (parameter != null && !parameter.isEmpty()) ? SseLastEventId.of(parameter) : null;
	}

	/**
	 * Decode a header: clients send UTF-8, and servers read it as Latin-1.
	 * @return the id, empty if the bytes are not UTF-8
	 */
	private static String decode(String header) {
		if (header.chars().anyMatch((c) -> c > 0xFF)) {
			return header;
		}
		byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			return "";
		}
	}

}
