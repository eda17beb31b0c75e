package io.github.sse4spring;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Checks the fields of an {@link SseEvent}. CR or LF in a one-line field would inject
 * further fields and events (CVE-2026-22735). Clients ignore an id with NUL, and Chromium
 * never reconnects after an id with another control character.
 */
final class SseFields {

	private static final int MAX_TOPIC_BYTES = 128;

	private SseFields() {
	}

	static @Nullable String checkId(@Nullable String id) {
		if (id == null) {
			return null;
		}
		for (int i = 0; i < id.length(); i++) {
			char c = id.charAt(i);
			if (c < ' ' || c == 0x7F) {
				throw new IllegalArgumentException(
						"id must not contain the control character U+%04X (at index %d)".formatted((int) c, i));
			}
		}
		if (id.startsWith(" ") || id.endsWith(" ")) {
			throw new IllegalArgumentException("id must not begin or end with a space, which clients trim");
		}
		checkText("id", id);
		int bytes = id.getBytes(StandardCharsets.UTF_8).length;
		if (bytes > SseEvent.MAX_ID_BYTES) {
			throw new IllegalArgumentException(
					"id must not be longer than %d bytes of UTF-8 but has %d".formatted(SseEvent.MAX_ID_BYTES, bytes));
		}
		return id;
	}

	static String checkTopic(String topic) {
		if (topic.isEmpty()) {
			throw new IllegalArgumentException("topic must not be empty");
		}
		if (topic.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException("topic must not contain control characters");
		}
		checkText("topic", topic);
		int bytes = topic.getBytes(StandardCharsets.UTF_8).length;
		if (bytes > MAX_TOPIC_BYTES) {
			throw new IllegalArgumentException(
					"topic must not be longer than %d bytes of UTF-8 but has %d".formatted(MAX_TOPIC_BYTES, bytes));
		}
		return topic;
	}

	static @Nullable String checkName(@Nullable String name) {
		if (name == null) {
			return null;
		}
		if (name.isEmpty()) {
			throw new IllegalArgumentException("name must not be empty: leave it out for the default event type");
		}
		if (name.indexOf('\r') >= 0 || name.indexOf('\n') >= 0) {
			throw new IllegalArgumentException("name must not contain CR or LF");
		}
		return checkText("name", name);
	}

	static @Nullable Duration checkRetry(@Nullable Duration retry) {
		if (retry == null) {
			return null;
		}
		if (retry.isNegative()) {
			throw new IllegalArgumentException("retry must not be negative but is " + retry);
		}
		try {
			return Duration.ofMillis(retry.toMillis());
		}
		catch (ArithmeticException ex) {
			throw new IllegalArgumentException("retry must fit into a long of milliseconds but is " + retry, ex);
		}
	}

	static @Nullable String checkText(String field, @Nullable String text) {
		if (text == null) {
			return null;
		}
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				if (!isPair(text, i)) {
					throw new IllegalArgumentException(
							field + " must be valid Unicode but has a lone surrogate at index " + i);
				}
				i++;
			}
		}
		return text;
	}

	/** Return the data of a frame that this library has encoded. */
	static @Nullable String dataOf(byte[] frame) {
		String[] lines = new String(frame, StandardCharsets.UTF_8).split("\n");
		List<String> data = Stream.of(lines)
			.filter((line) -> line.startsWith("data:"))
			.map((line) -> line.substring(line.startsWith(" ", 5) ? 6 : 5))
			.toList();
		return data.isEmpty() ? null : String.join("\n", data);
	}

	/**
	 * Return the index of the last line of a frame, which ends in a line end and a blank
	 * line.
	 */
	static int startOfLastLine(byte[] frame) {
		int start = frame.length - 2;
		while (start > 0 && frame[start - 1] != '\n') {
			start--;
		}
		return start;
	}

	private static boolean isPair(String text, int index) {
		return index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
	}

}
