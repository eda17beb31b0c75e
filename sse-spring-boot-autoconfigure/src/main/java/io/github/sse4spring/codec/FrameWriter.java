package io.github.sse4spring.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the fields of one frame, in the bytes of UTF-8. Not safe for use by several
 * threads.
 */
final class FrameWriter {

	private static final byte[] NO_NAME = {};

	private final boolean spaceAfterColon;

	private byte[] frame = new byte[256];

	private int size;

	FrameWriter(boolean spaceAfterColon) {
		this.spaceAfterColon = spaceAfterColon;
	}

	/** Write a comment, one line for each of its lines. */
	void comment(String comment) {
		lines(NO_NAME, comment.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Write a value that ends its line: CR or LF in it would begin a field of its own.
	 */
	void oneLine(String name, String value) {
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		for (byte b : bytes) {
			if (isLineEnd(b)) {
				throw new IllegalArgumentException(name + " must not contain CR or LF");
			}
		}
		line(ascii(name), bytes, 0, bytes.length);
	}

	/** Write a value of any number of lines, each with the name of the field. */
	void lines(String name, byte[] value) {
		lines(ascii(name), value);
	}

	/** End the frame with its blank line. */
	byte[] end() {
		put((byte) '\n');
		return Arrays.copyOf(this.frame, this.size);
	}

	private void lines(byte[] name, byte[] value) {
		int start = 0;
		for (int i = 0; i < value.length; i++) {
			if (isLineEnd(value[i])) {
				line(name, value, start, i);
				if (value[i] == '\r' && i + 1 < value.length && value[i + 1] == '\n') {
					i++;
				}
				start = i + 1;
			}
		}
		line(name, value, start, value.length);
	}

	private void line(byte[] name, byte[] value, int from, int to) {
		put(name, 0, name.length);
		put((byte) ':');
		// A client drops one space after the colon: without another it would be the
		// value's own.
		if (this.spaceAfterColon || (from < to && value[from] == ' ')) {
			put((byte) ' ');
		}
		put(value, from, to);
		put((byte) '\n');
	}

	private void put(byte b) {
		ensureRoom(1);
		this.frame[this.size++] = b;
	}

	private void put(byte[] bytes, int from, int to) {
		ensureRoom(to - from);
		System.arraycopy(bytes, from, this.frame, this.size, to - from);
		this.size += to - from;
	}

	private void ensureRoom(int length) {
		int needed = Math.addExact(this.size, length);
		if (needed > this.frame.length) {
			this.frame = Arrays.copyOf(this.frame, Math.max(needed, this.frame.length * 2));
		}
	}

	private static boolean isLineEnd(byte b) {
		return b == '\n' || b == '\r';
	}

	private static byte[] ascii(String name) {
		return name.getBytes(StandardCharsets.US_ASCII);
	}

}
