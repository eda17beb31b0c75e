package io.github.sse4spring.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A TCP proxy that forwards bytes and can cut all connections.
 */
final class CuttingProxy implements AutoCloseable {

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

	private final int targetPort;

	CuttingProxy(int targetPort) throws IOException {
		this.targetPort = targetPort;
		start("accept", this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	void cut() throws IOException {
		for (Socket socket = this.sockets.poll(); socket != null; socket = this.sockets.poll()) {
			socket.close();
		}
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			Socket target = new Socket(InetAddress.getLoopbackAddress(), this.targetPort);
			this.sockets.add(client);
			this.sockets.add(target);
			start("request", () -> pass(client, target));
			start("response", () -> pass(target, client));
		}
	}

	private static void pass(Socket from, Socket to) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				out.write(buffer, 0, length);
			}
		}
	}

	private static void start(String name, Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// One side has closed its connection, or the proxy has been closed.
			}
		}, "proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		cut();
	}

	private interface Task {

		void run() throws IOException;

	}

}
