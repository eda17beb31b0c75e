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
 * A bad network between a client and a server on this machine: it can stand still, break
 * off, be slow, and hand over bytes one at a time.
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

	/** Hand over nothing more of what the server sends, and take nothing from it. */
	public void pause() {
		this.paused = true;
	}

	public void resume() {
		this.paused = false;
	}

	/** Hand over what the server sends at this speed. */
	public void throttle(int bytesPerSecond) {
		this.bytesPerSecond = bytesPerSecond;
	}

	/** Hand over what the server sends one byte at a time. */
	public void oneByteAtATime() {
		this.atOnce = 1;
	}

	/** End all connections in order, with a FIN to both sides. */
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
				// Small, so that what stands still here stands still at the server.
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
			// Closed.
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
			// One of the two has closed.
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
