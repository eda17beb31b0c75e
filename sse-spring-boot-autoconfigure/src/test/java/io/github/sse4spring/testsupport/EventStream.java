package io.github.sse4spring.testsupport;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The oracle of the tests: parses an event stream according to the HTML specification,
 * from the whole text at once. It shares no code with the code under test.
 */
public final class EventStream {

	private EventStream() {
	}

	public static List<Block> parse(String text) {
		String stream = text.startsWith("\uFEFF") ? text.substring(1) : text;
		String normalized = stream.replace("\r\n", "\n").replace('\r', '\n');
		List<Block> blocks = new ArrayList<>();
		int start = 0;
		while (start < normalized.length()) {
			int end = normalized.startsWith("\n", start) ? start : normalized.indexOf("\n\n", start);
			if (end < 0) {
				break;
			}
			blocks.add(block(normalized.substring(start, end)));
			start = end + (normalized.startsWith("\n", start) ? 1 : 2);
		}
		return blocks;
	}

	/** Return the data of each event that a browser would dispatch. */
	public static List<String> data(String text) {
		return parse(text).stream().map(Block::data).filter((data) -> data != null).collect(Collectors.toList());
	}

	private static Block block(String block) {
		List<String> lines = List.of(block.split("\n", -1));
		String retry = last(lines, "retry");
		return new Block(all(lines, ""), last(lines, "event"), all(lines, "data"), last(lines, "id"),
				(retry != null && retry.matches("[0-9]{1,19}")) ? Long.valueOf(retry) : null);
	}

	private static @Nullable String all(List<String> lines, String field) {
		List<String> values = values(lines, field);
		return values.isEmpty() ? null : String.join("\n", values);
	}

	private static @Nullable String last(List<String> lines, String field) {
		List<String> values = values(lines, field);
		return values.isEmpty() ? null : values.get(values.size() - 1);
	}

	private static List<String> values(List<String> lines, String field) {
		return lines.stream()
			.filter((line) -> line.equals(field) ? !field.isEmpty() : line.startsWith(field + ":"))
			.map((line) -> line.equals(field) ? "" : line.substring(field.length() + 1))
			.map((value) -> value.startsWith(" ") ? value.substring(1) : value)
			.toList();
	}

	/**
	 * One block of an event stream, whether or not a browser would dispatch it.
	 *
	 * @param comment the text of the comment lines, as if a comment were a field
	 * @param name the value of the last event field
	 * @param data the values of the data fields
	 * @param id the value of the last id field
	 * @param retry the value of the last retry field, if it is a number
	 */
	public record Block(@Nullable String comment, @Nullable String name, @Nullable String data, @Nullable String id,
			@Nullable Long retry) {

	}

}
