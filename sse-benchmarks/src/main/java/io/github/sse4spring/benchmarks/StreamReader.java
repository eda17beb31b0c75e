package io.github.sse4spring.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * Reads one event stream with as little work as possible. It removes the chunks, counts
 * the events, checks the order of their numbers, and measures their latency. The data of
 * a counted event begins with a {@link Payload}. On the thread of its client.
 */
class StreamReader {

	private static final byte[] FIELD = "data:".getBytes(StandardCharsets.US_ASCII);

	private static final int HEAD = 0;

	private static final int CHUNK_SIZE = 1;

	private static final int CHUNK = 2;

	private static final int CHUNK_END = 3;

	private static final int UNTIL_CLOSE = 4;

	private int state = HEAD;

	private final StringBuilder head = new StringBuilder();

	private int chunkSize;

	private int chunkLeft;

	/**
	 * How many bytes of "data:" have matched at the beginning of a line, or -1 if the
	 * line does not match.
	 */
	private int matched;

	private Payload payload = Payload.TEXT;

	/** How many bytes of a payload are still to be read. Zero outside of a payload. */
	private int headLeft;

	private final byte[] payloadHead = new byte[Payload.LENGTH];

	private int headSize;

	private int skip;

	private long lastNumber = -1;

	private long readAt;

	private long counted;

	/** How many chunks have arrived. */
	long chunks;

	volatile long events;

	long missed;

	boolean ordered = true;

	boolean closed;

	volatile boolean open;

	/** Called when bytes have arrived. */
	void reading() {
	}

	/** Return when the current bytes arrived, in microseconds. */
	final long readAt() {
		return this.readAt;
	}

	/** Called for each counted event, with its number and the time of publishing. */
	void event(long number, long publishedAt) {
	}

	void closed() {
		this.closed = true;
	}

	final void read(ByteBuf bytes) {
		this.readAt = Payload.micros();
		reading();
		while (bytes.isReadable()) {
			switch (this.state) {
				case HEAD -> readHead(bytes.readByte());
				case CHUNK_SIZE -> readChunkSize(bytes.readByte());
				case CHUNK_END -> readChunkEnd(bytes.readByte());
				case CHUNK -> readChunk(bytes);
				default -> readContent(bytes, bytes.readableBytes());
			}
		}
		this.events = this.counted;
	}

	private void readHead(byte b) {
		this.head.append((char) b);
		int length = this.head.length();
		if (b == '\n' && length > 3 && this.head.charAt(length - 3) == '\n') {
			this.open = true;
			boolean chunked = this.head.toString().toLowerCase(Locale.ROOT).contains("chunked");
			this.state = chunked ? CHUNK_SIZE : UNTIL_CLOSE;
			this.head.setLength(0);
		}
	}

	private void readChunkSize(byte b) {
		if (b == '\n') {
			this.chunkLeft = this.chunkSize;
			this.chunks++;
			this.chunkSize = 0;
			this.state = (this.chunkLeft > 0) ? CHUNK : CHUNK_END;
		}
		else if (b != '\r') {
			this.chunkSize = this.chunkSize * 16 + Character.digit(b, 16);
		}
	}

	private void readChunkEnd(byte b) {
		if (b == '\n') {
			this.state = CHUNK_SIZE;
		}
	}

	private void readChunk(ByteBuf bytes) {
		int length = Math.min(this.chunkLeft, bytes.readableBytes());
		this.chunkLeft -= length;
		readContent(bytes, length);
		if (this.chunkLeft == 0) {
			this.state = CHUNK_END;
		}
	}

	private void readContent(ByteBuf bytes, int length) {
		int end = bytes.readerIndex() + length;
		int at = bytes.readerIndex();
		while (at < end) {
			if (this.skip > 0) {
				int skipped = Math.min(this.skip, end - at);
				this.skip -= skipped;
				at += skipped;
			}
			else if (this.headLeft > 0) {
				int taken = Math.min(this.headLeft, end - at);
				bytes.getBytes(at, this.payloadHead, this.headSize, taken);
				this.headSize += taken;
				this.headLeft -= taken;
				at += taken;
				if (this.headLeft == 0) {
					counted();
				}
			}
			else if (this.matched < 0) {
				int lineEnd = bytes.forEachByte(at, end - at, ByteProcessor.FIND_LF);
				at = (lineEnd < 0) ? end : lineEnd + 1;
				this.matched = (lineEnd < 0) ? -1 : 0;
			}
			else {
				match(bytes.getByte(at));
				at++;
			}
		}
		bytes.readerIndex(end);
	}

	private void match(byte b) {
		if (this.matched == FIELD.length) {
			matchMark(b);
		}
		else if (b == FIELD[this.matched]) {
			this.matched++;
		}
		else {
			this.matched = (b == '\n') ? 0 : -1;
		}
	}

	private void matchMark(byte b) {
		Payload marked = Payload.marked(b);
		if (marked != null) {
			this.payload = marked;
			this.headLeft = marked.head();
			this.headSize = 0;
			this.matched = -1;
		}
		else if (b != ' ') {
			// Some servers write a space after the colon.
			this.matched = (b == '\n') ? 0 : -1;
		}
	}

	private void counted() {
		long number = Payload.number(this.payloadHead, this.payload.numberAt);
		if (number < 0) {
			return;
		}
		this.skip = Payload.LENGTH - this.payload.head();
		this.counted++;
		if (this.lastNumber >= 0) {
			this.ordered &= number > this.lastNumber;
			this.missed += number - this.lastNumber - 1;
		}
		this.lastNumber = number;
		event(number, Payload.number(this.payloadHead, this.payload.timeAt));
	}

}
