package io.github.sse4spring.testsupport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Simulates a bad network between a client and a server on this machine. It can pause,
 * break connections, limit the speed, and deliver bytes one at a time.
 */
public final class FaultProxy implements Closeable {

	private static final int BUFFER = 8 * 1024;

	private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final int target;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private volatile int bytesPerSecond = Integer.MAX_VALUE;

	private volatile int atOnce = BUFFER;

	private volatile boolean paused;

	private FaultProxy(int target) throws IOException {
		this.target = target;
	}

	public static FaultProxy to(int port) throws IOException {
		FaultProxy proxy = new FaultProxy(port);
		proxy.threads.execute(proxy::accept);
		return proxy;
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	/** Stop reading from the server and writing to the client. */
	public void pause() {
		this.paused = true;
	}

	public void resume() {
		this.paused = false;
	}

	/** Limit the speed from the server to the client. */
	public void throttle(int bytesPerSecond) {
		this.bytesPerSecond = bytesPerSecond;
	}

	/** Deliver the bytes of the server one at a time. */
	public void oneByteAtATime() {
		this.atOnce = 1;
	}

	/** Close all connections normally, with a FIN to both sides. */
	public void cut() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.sockets.clear();
	}

	/** Break all connections, with a RST to both sides. */
	public void reset() throws IOException {
		for (Socket socket : this.sockets) {
			socket.setSoLinger(true, 0);
		}
		cut();
	}

	private void accept() {
		try {
			while (!this.listener.isClosed()) {
				Socket client = this.listener.accept();
				Socket server = new Socket();
				// Small, so the server soon notices that the proxy does not read.
				server.setReceiveBufferSize(BUFFER);
				client.setTcpNoDelay(true);
				server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.target));
				this.sockets.add(client);
				this.sockets.add(server);
				this.threads.execute(() -> copy(client, server, false));
				this.threads.execute(() -> copy(server, client, true));
			}
		}
		catch (IOException ex) {
			// The proxy has been closed.
		}
	}

	private void copy(Socket from, Socket to, boolean faulty) {
		byte[] buffer = new byte[BUFFER];
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			awaitResume(faulty);
			for (int read = in.read(buffer, 0, faulty ? this.atOnce : BUFFER); read >= 0; read = in.read(buffer, 0,
					faulty ? this.atOnce : BUFFER)) {
				out.write(buffer, 0, read);
				if (faulty) {
					LockSupport.parkNanos(read * TimeUnit.SECONDS.toNanos(1) / this.bytesPerSecond);
				}
				awaitResume(faulty);
			}
		}
		catch (IOException ex) {
			// One of the two sides has closed its connection.
		}
	}

	private void awaitResume(boolean faulty) {
		while (faulty && this.paused && !this.threads.isShutdown()) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
		}
	}

	@Override
	public void close() throws IOException {
		this.threads.shutdownNow();
		this.listener.close();
		cut();
	}

}
