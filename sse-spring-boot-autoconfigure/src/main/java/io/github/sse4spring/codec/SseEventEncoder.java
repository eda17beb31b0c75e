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

	private final ObjectWriter jsonWriter;

	private final boolean spaceAfterColon;

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
		if (event.id() != null) {
			frame.oneLine("id", event.id());
		}
		if (event.retry() != null) {
			frame.oneLine("retry", Long.toString(event.retry().toMillis()));
		}
		return frame.end();
	}

	/**
	 * Give an encoded event an id, as its last line.
	 * @param frame the bytes of an event without id
	 * @param id the id, which is not checked
	 * @return the bytes of the event with the id
	 */
	public byte[] withId(byte[] frame, String id) {
		byte[] line = ((this.spaceAfterColon ? "id: " : "id:") + id + "\n\n").getBytes(StandardCharsets.UTF_8);
		byte[] whole = Arrays.copyOf(frame, frame.length - 1 + line.length);
		System.arraycopy(line, 0, whole, frame.length - 1, line.length);
		return whole;
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
