package io.github.sse4spring.benchmarks;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What the data of an event that is counted looks like: its number and the time of its
 * publishing in fixed places after a mark, then as much more as makes about 190 bytes on
 * the wire.
 */
enum Payload {

	/** A text that is ready. */
	TEXT('#', 0, 16),

	/** An {@link Update}, which each server encodes its own way. */
	JSON('{', 9, 33);

	/** The digits of a number. */
	static final int DIGITS = 16;

	/** All that follows the mark. */
	static final int LENGTH = 150;

	/** What is added to the number of an update, so that it has its digits. */
	private static final long FIRST = 1_000_000_000_000_000L;

	private static final String REST = "x".repeat(LENGTH - 2 * DIGITS);

	private static final String WORDS = "x".repeat(89);

	private final char mark;

	/** Where the number is, after the mark. */
	final int numberAt;

	/** Where the time is, after the mark. */
	final int timeAt;

	Payload(char mark, int numberAt, int timeAt) {
		this.mark = mark;
		this.numberAt = numberAt;
		this.timeAt = timeAt;
	}

	/** Which payload begins like this, if any. */
	static @Nullable Payload marked(byte b) {
		if (b == TEXT.mark) {
			return TEXT;
		}
		return (b == JSON.mark) ? JSON : null;
	}

	/** How much after the mark has to be read. */
	int head() {
		return this.timeAt + DIGITS;
	}

	/** The data of the event of this number, published now: a text or an update. */
	Object data(long number) {
		return (this == TEXT) ? text(number) : new Update(FIRST + number, micros(), WORDS);
	}

	/** The data of the event of this number, published now, as it is on the wire. */
	String text(long number) {
		if (this == TEXT) {
			return "#" + digits(number) + digits(micros()) + REST;
		}
		return "{\"number\":" + (FIRST + number) + ",\"time\":" + micros() + ",\"words\":\"" + WORDS + "\"}";
	}

	/** The time in microseconds, the same for all processes of a machine. */
	static long micros() {
		Instant now = Instant.now();
		return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
	}

	/** A number of 16 digits, which serves as an id. */
	static String digits(long number) {
		String digits = Long.toString(number);
		return "0".repeat(DIGITS - digits.length()) + digits;
	}

	/** Read a number of 16 digits, or -1 if they are none. */
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
	 * An object as people stream it. Its fields are on the wire in this order, whether
	 * they are sorted or not.
	 *
	 * @param number the number, with all its digits
	 * @param time when it was published, in microseconds
	 * @param words as much more as there has to be
	 */
	record Update(long number, long time, String words) {

	}

}
