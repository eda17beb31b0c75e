package io.github.sse4spring.codec;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.buffer.DataBufferLimitException;

/**
 * Interprets one event stream, given in chunks of any size, as the HTML specification
 * says (section 9.2.6). Each byte is looked at once. Not safe for use by several threads.
 */
final class EventStreamParser {

	private static final byte[] BOM = { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };

	private final int maxEventSize;

	private final Consumer<SseEvent> dispatch;

	private byte[] line = new byte[256];

	private int lineSize;

	private int eventSize;

	private boolean firstLine = true;

	private boolean afterCarriageReturn;

	private @Nullable StringBuilder data;

	private String name = "";

	private @Nullable Duration retry;

	private @Nullable String lastEventId;

	EventStreamParser(int maxEventSize, Consumer<SseEvent> dispatch) {
		this.maxEventSize = maxEventSize;
		this.dispatch = dispatch;
	}

	/**
	 * Take the next byte of the stream. What the stream ends within is not dispatched.
	 */
	void accept(byte b) {
		if (b == '\n' && this.afterCarriageReturn) {
			this.afterCarriageReturn = false;
			return;
		}
		this.afterCarriageReturn = (b == '\r');
		if (b == '\n' || b == '\r') {
			endLine();
		}
		else {
			append(b);
		}
	}

	private void append(byte b) {
		if (++this.eventSize > this.maxEventSize) {
			throw new DataBufferLimitException("An event of the stream exceeds " + this.maxEventSize
					+ " bytes; use SseEventDecoder.withMaxEventSize to allow more");
		}
		if (this.lineSize == this.line.length) {
			this.line = Arrays.copyOf(this.line, this.lineSize * 2);
		}
		this.line[this.lineSize++] = b;
	}

	private void endLine() {
		int start = (this.firstLine && startsWithBom()) ? BOM.length : 0;
		this.firstLine = false;
		if (start == this.lineSize) {
			dispatch();
		}
		else {
			field(new String(this.line, start, this.lineSize - start, StandardCharsets.UTF_8));
		}
		this.lineSize = 0;
	}

	private boolean startsWithBom() {
		return this.lineSize >= BOM.length && Arrays.equals(this.line, 0, BOM.length, BOM, 0, BOM.length);
	}

	private void field(String line) {
		int colon = line.indexOf(':');
		if (colon < 0) {
			field(line, "");
		}
		else {
			boolean space = line.startsWith(" ", colon + 1);
			field(line.substring(0, colon), line.substring(colon + (space ? 2 : 1)));
		}
	}

	private void field(String field, String value) {
		switch (field) {
			case "event" -> this.name = value;
			case "data" -> data(value);
			case "id" -> id(value);
			case "retry" -> retry(value);
			default -> {
				// A comment, whose field has no name, or a field that is not known:
				// ignored.
			}
		}
	}

	private void data(String value) {
		if (this.data == null) {
			this.data = new StringBuilder(value);
		}
		else {
			this.data.append('\n').append(value);
		}
	}

	private void id(String value) {
		if (value.indexOf('\0') < 0) {
			this.lastEventId = value;
		}
	}

	private void retry(String value) {
		if (!value.isEmpty() && value.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			try {
				this.retry = Duration.ofMillis(Long.parseLong(value));
			}
			catch (NumberFormatException ex) {
				// Longer than a long of milliseconds: as good as none.
			}
		}
	}

	private void dispatch() {
		if (this.data != null) {
			this.dispatch.accept(event(this.data.toString()));
		}
		this.data = null;
		this.name = "";
		this.retry = null;
		this.eventSize = 0;
	}

	private SseEvent event(String text) {
		SseEvent.Builder event = SseEvent.builder().text(text);
		if (!this.name.isEmpty()) {
			event.name(this.name);
		}
		if (this.retry != null) {
			event.retry(this.retry);
		}
		return (this.lastEventId != null) ? withId(event, this.lastEventId) : event.build();
	}

	private static SseEvent withId(SseEvent.Builder event, String id) {
		SseEvent withoutId = event.build();
		try {
			return withoutId.withId(id);
		}
		catch (IllegalArgumentException ex) {
			return withoutId;
		}
	}

}
