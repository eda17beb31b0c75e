package io.github.sse4spring.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.github.sse4spring.SseEncodingException;
import io.github.sse4spring.SseEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes events into the bytes of an event stream. The fields stand in the order
 * comment, event, data, id, retry, then a blank line; every line ends in LF.
 *
 * <p>
 * No space follows a colon, <em>except</em> where the line of the value itself begins
 * with one: clients drop one space after the colon, so another is written first and
 * nothing is lost. The three columns are the payload, the wire and what the browser gets:
 *
 * <pre class="code">
 * "tokens"          data:tokens       "tokens"
 * " with a space"   data:  with ...   " with a space"
 * "two\r\nlines"    data:two          "two\nlines"
 *                   data:lines
 * ""                data:             ""
 * </pre>
 *
 * <p>
 * Immutable and safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class SseEventEncoder {

	/** The line ends after the last line: its own and that of the blank line. */
	private static final int END_OF_LAST_LINE = 2;

	private final ObjectWriter jsonWriter;

	private final boolean spaceAfterColon;

	/**
	 * Create an encoder that writes JSON with the defaults of Jackson, and no space after
	 * a colon where none is needed.
	 */
	public SseEventEncoder() {
		this(JsonMapper.shared());
	}

	/**
	 * Create an encoder that writes no space after a colon where none is needed.
	 * @param jsonMapper writes the JSON, compact whatever its settings
	 */
	public SseEventEncoder(JsonMapper jsonMapper) {
		this(jsonMapper, false);
	}

	/**
	 * Create an encoder.
	 * @param jsonMapper writes the JSON, compact whatever its settings
	 * @param spaceAfterColon whether to write a space after every colon, for clients that
	 * do not follow the specification and demand it
	 */
	public SseEventEncoder(JsonMapper jsonMapper, boolean spaceAfterColon) {
		this.jsonWriter = jsonMapper.writer().without(SerializationFeature.INDENT_OUTPUT);
		this.spaceAfterColon = spaceAfterColon;
	}

	/**
	 * Encode an event.
	 * @param event the event
	 * @return the bytes, which end in a blank line; the caller's own
	 * @throws SseEncodingException if the value cannot be written as JSON
	 * @throws IllegalArgumentException if a field cannot be carried, naming the field
	 */
	public byte[] encode(SseEvent event) {
		FrameWriter frame = fields(event);
		if (event.id() != null) {
			frame.oneLine("id", event.id());
		}
		retry(event, frame);
		return frame.end();
	}

	/**
	 * Encode an event whose id is not known yet, or not for sure: as its last line.
	 * @param event the event, whose own id is left out
	 * @param id an id that is as long as it will be
	 * @return the bytes, which end in this id and a blank line
	 * @throws SseEncodingException if the value cannot be written as JSON
	 * @throws IllegalArgumentException if a field cannot be carried, naming the field
	 */
	public byte[] encodeWithRoom(SseEvent event, String id) {
		FrameWriter frame = fields(event);
		retry(event, frame);
		frame.oneLine("id", id);
		return frame.end();
	}

	/**
	 * Put the id of an event into the room that was left for it. Cheap, unless it is
	 * longer or shorter after all.
	 * @param frame the bytes of the event, which are changed
	 * @param room the id that they end in
	 * @param id the id, which is not checked
	 * @return the bytes of the event with its id
	 */
	public byte[] fillIn(byte[] frame, String room, String id) {
		if (room.equals(id)) {
			return frame;
		}
		byte[] from = room.getBytes(StandardCharsets.UTF_8);
		byte[] to = id.getBytes(StandardCharsets.UTF_8);
		int at = frame.length - END_OF_LAST_LINE - from.length;
		byte[] filled = (from.length == to.length) ? frame
				: Arrays.copyOf(frame, frame.length - from.length + to.length);
		System.arraycopy(to, 0, filled, at, to.length);
		Arrays.fill(filled, at + to.length, filled.length, (byte) '\n');
		return filled;
	}

	private FrameWriter fields(SseEvent event) {
		FrameWriter frame = new FrameWriter(this.spaceAfterColon);
		if (event.comment() != null) {
			frame.comment(event.comment());
		}
		if (event.name() != null) {
			frame.oneLine("event", event.name());
		}
		if (event.isJson()) {
			frame.lines("data", writeJson(event));
		}
		else if (event.data() != null) {
			frame.lines("data", ((String) event.data()).getBytes(StandardCharsets.UTF_8));
		}
		return frame;
	}

	private static void retry(SseEvent event, FrameWriter frame) {
		if (event.retry() != null) {
			frame.oneLine("retry", Long.toString(event.retry().toMillis()));
		}
	}

	private byte[] writeJson(SseEvent event) {
		Object value = event.data();
		try {
			return this.jsonWriter.writeValueAsBytes(value);
		}
		catch (JacksonException ex) {
			throw new SseEncodingException("data of type %s cannot be written as JSON: %s"
				.formatted((value != null) ? value.getClass().getName() : "null", ex.getOriginalMessage()), ex);
		}
	}

}
