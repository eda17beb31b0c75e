package io.github.sse4spring.testsupport;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 exchange over a socket, read byte by byte as it arrives. A read fails
 * after ten seconds without bytes, or after five minutes if the client is patient.
 */
public final class RawClient implements Closeable {

	private static final int READ_TIMEOUT = 10_000;

	private static final int PATIENCE = 300_000;

	private final Socket socket;

	private final InputStream in;

	private int status;

	private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	private int chunkLeft;

	private boolean ended;

	private RawClient(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream());
	}

	public static RawClient get(int port, String path, String... headers) throws IOException {
		return request(port, "GET", path, headers);
	}

	/** Send the headers in Latin-1, an encoding that clients do not use. */
	public static RawClient getInLatin1(int port, String path, String... headers) throws IOException {
		Socket socket = connect(new Socket(), port);
		write(socket, StandardCharsets.ISO_8859_1, "GET", path, headers);
		return new RawClient(socket).startReading();
	}

	public static RawClient request(int port, String method, String path, String... headers) throws IOException {
		return new RawClient(send(new Socket(), port, method, path, headers)).startReading();
	}

	/**
	 * Send a request, and read nothing of the response before {@link #startReading()}.
	 */
	public static RawClient notReading(int port, String path, String... headers) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(64 * 1024);
		return new RawClient(send(socket, port, "GET", path, headers));
	}

	private static Socket send(Socket socket, int port, String method, String path, String... headers)
			throws IOException {
		connect(socket, port);
		write(socket, StandardCharsets.UTF_8, method, path, headers);
		return socket;
	}

	private static Socket connect(Socket socket, int port) throws IOException {
		socket.setSoTimeout(READ_TIMEOUT);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		return socket;
	}

	private static void write(Socket socket, Charset charset, String method, String path, String... headers)
			throws IOException {
		String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ ((headers.length > 0) ? String.join("\r\n", headers) + "\r\n" : "") + "\r\n";
		socket.getOutputStream().write(head.getBytes(charset));
	}

	/**
	 * Wait for up to five minutes in each read. This is long enough for a busy machine.
	 */
	public RawClient patient() throws IOException {
		this.socket.setSoTimeout(PATIENCE);
		return this;
	}

	public RawClient startReading() throws IOException {
		String statusLine = readLine();
		for (String line = readLine(); !line.isEmpty(); line = readLine()) {
			int colon = line.indexOf(':');
			this.headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
		}
		String length = header("Content-Length");
		this.chunkLeft = (length != null) ? Integer.parseInt(length) : 0;
		this.status = Integer.parseInt(statusLine.split(" ")[1]);
		return this;
	}

	/**
	 * Send another request over the same connection, after the end of the last response.
	 */
	public RawClient again(String path) throws IOException {
		this.ended = false;
		this.headers.clear();
		write(this.socket, StandardCharsets.UTF_8, "GET", path);
		return startReading();
	}

	public int status() {
		return this.status;
	}

	public @Nullable String header(String name) {
		return this.headers.get(name);
	}

	public Map<String, String> headers() {
		return this.headers;
	}

	/** Read up to and including a text. */
	public String readUntil(String end) throws IOException {
		byte[] last = end.getBytes(StandardCharsets.UTF_8);
		byte[] bytes = new byte[1024];
		int size = 0;
		while (size < last.length || !Arrays.equals(bytes, size - last.length, size, last, 0, last.length)) {
			int b = readBody();
			if (b < 0) {
				throw new EOFException("The response ended before '" + end + "': "
						+ new String(bytes, 0, size, StandardCharsets.UTF_8));
			}
			bytes = (size < bytes.length) ? bytes : Arrays.copyOf(bytes, size * 2);
			bytes[size++] = (byte) b;
		}
		return new String(bytes, 0, size, StandardCharsets.UTF_8);
	}

	/** Read up to the clean end of the response. A response that is cut off throws. */
	public String readToEnd() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (int b = readBody(); b >= 0; b = readBody()) {
			bytes.write(b);
		}
		return bytes.toString(StandardCharsets.UTF_8);
	}

	private int readBody() throws IOException {
		if (this.ended) {
			return -1;
		}
		boolean chunked = "chunked".equals(header("Transfer-Encoding"));
		if (this.chunkLeft == 0 && chunked) {
			this.chunkLeft = Integer.parseInt(readLine().toLowerCase(Locale.ROOT), 16);
			if (this.chunkLeft == 0) {
				readLine();
			}
		}
		if (this.chunkLeft == 0) {
			this.ended = true;
			return -1;
		}
		int b = readByte();
		if (--this.chunkLeft == 0 && chunked) {
			readLine();
		}
		return b;
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b = readByte(); b != '\n'; b = readByte()) {
			line.write(b);
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

	private int readByte() throws IOException {
		int b = this.in.read();
		if (b < 0) {
			throw new EOFException("The connection was closed in the middle of the response");
		}
		return b;
	}

	/** Read and ignore bytes of the head or the body. */
	public void skip(int bytes) throws IOException {
		this.in.readNBytes(bytes);
	}

	/** Close the connection with a reset. */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
