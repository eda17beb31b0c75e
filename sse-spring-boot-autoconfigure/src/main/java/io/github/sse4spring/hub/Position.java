package io.github.sse4spring.hub;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A position in the log, just after the entry with the given sequence. Its id is
 * {@code <epoch>-<sequence>}.
 *
 * @param epoch identifies the log; a log that is created anew has another epoch
 * @param sequence the sequence
 */
record Position(String epoch, long sequence) {

	private static final Pattern SHAPE = Pattern.compile("([0-9a-z]{8})-([0-9]{1,19})");

	/**
	 * Parse an id.
	 * @return the position, or {@code null} if the id is not a position
	 */
	static @Nullable Position parse(String id) {
		Matcher matcher = SHAPE.matcher(id);
		if (!matcher.matches()) {
			return null;
		}
		try {
			return new Position(matcher.group(1), Long.parseLong(matcher.group(2)));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/** Whether an id has the shape of a position. */
	static boolean isShapeOf(String id) {
		return SHAPE.matcher(id).matches();
	}

	@Override
	public String toString() {
		return this.epoch + '-' + this.sequence;
	}

}
