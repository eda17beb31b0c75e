package io.github.sse4spring.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The data of an event that is counted: its number and the time of its publishing in
 * fixed places, then as much more as makes about 190 bytes on the wire.
 */
final class Payload {

	/** The field name before the number, with the letter that marks a payload. */
	static final byte[] FIELD = "data:#".getBytes(StandardCharsets.US_ASCII);

	static final int DIGITS = 16;

	/** The number and the time. */
	static final int HEAD = 2 * DIGITS;

	/** All that follows the mark. */
	static final int LENGTH = 150;

	private static final String REST = "x".repeat(LENGTH - HEAD);

	private Payload() {
	}

	/** The text of an event, of this number and published now. */
	static String text(long number) {
		return "#" + digits(number) + digits(micros()) + REST;
	}

	/** The time in microseconds, the same for all processes of a machine. */
	static long micros() {
		Instant now = Instant.now();
		return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
	}

	private static String digits(long number) {
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

}
