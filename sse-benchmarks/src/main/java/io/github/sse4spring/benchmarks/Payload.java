package io.github.sse4spring.benchmarks;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The data of a counted event. After a mark, it contains the number of the event and the
 * time of publishing at fixed positions. It is padded to about 190 bytes on the wire.
 */
enum Payload {

	/** A text that needs no encoding. */
	TEXT('#', 0, 16),

	/** An {@link Update}, which each server encodes in its own way. */
	JSON('{', 9, 33);

	/** The number of digits of a number. */
	static final int DIGITS = 16;

	/** The number of bytes after the mark. */
	static final int LENGTH = 150;

	/**
	 * Added to the number of an update: every number then has the same number of digits.
	 */
	private static final long FIRST = 1_000_000_000_000_000L;

	private static final String REST = "x".repeat(LENGTH - 2 * DIGITS);

	private static final String WORDS = "x".repeat(89);

	private final char mark;

	/** The position of the number after the mark. */
	final int numberAt;

	/** The position of the time after the mark. */
	final int timeAt;

	Payload(char mark, int numberAt, int timeAt) {
		this.mark = mark;
		this.numberAt = numberAt;
		this.timeAt = timeAt;
	}

	/** Return the payload that begins with this byte, if any. */
	static @Nullable Payload marked(byte b) {
		if (b == TEXT.mark) {
			return TEXT;
		}
		return (b == JSON.mark) ? JSON : null;
	}

	/** Return how many bytes after the mark must be read. */
	int head() {
		return this.timeAt + DIGITS;
	}

	/**
	 * Return the data of the event with this number, published now: a text or an update.
	 */
	Object data(long number) {
		return (this == TEXT) ? text(number) : new Update(FIRST + number, micros(), WORDS);
	}

	/**
	 * Return the data of the event with this number, published now, as it is on the wire.
	 */
	String text(long number) {
		if (this == TEXT) {
			return "#" + digits(number) + digits(micros()) + REST;
		}
		return "{\"number\":" + (FIRST + number) + ",\"time\":" + micros() + ",\"words\":\"" + WORDS + "\"}";
	}

	/** Return the time in microseconds. All processes of a machine have the same time. */
	static long micros() {
		Instant now = Instant.now();
		return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
	}

	/** Format a number with 16 digits, for use as an id. */
	static String digits(long number) {
		String digits = Long.toString(number);
		return "0".repeat(DIGITS - digits.length()) + digits;
	}

	/** Read a number of 16 digits. Returns -1 if a byte is not a digit. */
	static long number(byte[] bytes, int from) {
		long number = 0;
		for (int i = from; i < from + DIGITS; i++) {
			int digit = bytes[i] - '0';
			if (digit < 0 || digit > 9) {
				return -1;
			}
			number = number * 10 + digit;
		}
		return number;
	}

	/**
	 * A typical object of a stream. Its fields are on the wire in this order, whether or
	 * not the mapper sorts them.
	 *
	 * @param number the number, with all its digits
	 * @param time the time of publishing, in microseconds
	 * @param words the padding
	 */
	record Update(long number, long time, String words) {

	}

}
