package io.github.sse4spring.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients without a page. They open a stream, read it or not, and close it.
 */
final class Visitors implements AutoCloseable {

	private final List<Socket> sockets = new ArrayList<>();

	private final int port;

	Visitors(int port) {
		this.port = port;
	}

	/** Open streams that are read. */
	void read(int count, String path) throws IOException {
		for (int i = 0; i < count; i++) {
			InputStream in = open(path, 64 * 1024).getInputStream();
			Thread reader = new Thread(() -> readAll(in));
			reader.setDaemon(true);
			reader.start();
		}
	}

	/** Open streams that are not read. */
	void stall(int count, String path) throws IOException {
		for (int i = 0; i < count; i++) {
			open(path, 8 * 1024);
		}
	}

	private Socket open(String path, int receiveBuffer) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(receiveBuffer);
		socket.connect(new InetSocketAddress("localhost", this.port));
		socket.getOutputStream()
			.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
		this.sockets.add(socket);
		return socket;
	}

	private static void readAll(InputStream in) {
		try (in) {
			in.transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// The connection has been closed.
		}
	}

	@Override
	public void close() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.sockets.clear();
	}

}
