package io.github.sse4spring.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A server in a process of its own. Its CPU time and memory can be read from this
 * process.
 */
final class ServerProcess implements AutoCloseable {

	private static final long TURN = TimeUnit.MILLISECONDS.toNanos(200);

	private final HttpClient http = HttpClient.newHttpClient();

	private final Process process;

	private final int port;

	private ServerProcess(Process process, int port) {
		this.process = process;
		this.port = port;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
	}

	/** Start a main class of this class path that prints "port" and its port. */
	static ServerProcess start(Class<?> main, List<String> jvmArguments, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmArguments);
		command.addAll(List.of("-cp", ManagementFactory.getRuntimeMXBean().getClassPath(), main.getName()));
		command.addAll(List.of(arguments));
		return start(command);
	}

	/** Start a command that prints "port" and its port. */
	static ServerProcess start(List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		BufferedReader out = process.inputReader();
		for (String line = out.readLine(); line != null; line = out.readLine()) {
			if (line.startsWith("port ")) {
				Thread rest = new Thread(() -> out.lines().forEach(System.err::println), "output");
				rest.setDaemon(true);
				rest.start();
				return new ServerProcess(process, Integer.parseInt(line.substring("port ".length())));
			}
			System.err.println(line);
		}
		throw new IllegalStateException(command.get(command.size() - 1) + " did not start");
	}

	/** Start a command that listens on this port. */
	static ServerProcess start(List<String> command, int port) throws IOException {
		Process process = new ProcessBuilder(command).inheritIO().start();
		while (process.isAlive()) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("localhost", port));
				return new ServerProcess(process, port);
			}
			catch (IOException ex) {
				LockSupport.parkNanos(TURN);
			}
		}
		throw new IllegalStateException(command.get(0) + " did not start");
	}

	int port() {
		return this.port;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/** Send a GET request, and do not wait for the response. */
	@SuppressWarnings("FutureReturnValueIgnored")
	void tell(String path) {
		this.http.sendAsync(request(path), HttpResponse.BodyHandlers.discarding());
	}

	/** Send a GET request, and return the body of the response. */
	String ask(String path) throws IOException, InterruptedException {
		return this.http.send(request(path), HttpResponse.BodyHandlers.ofString()).body();
	}

	private HttpRequest request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build();
	}

	/** Return the CPU time so far of the process and its descendants. */
	Duration cpu() {
		return Stream.concat(Stream.of(this.process.toHandle()), this.process.descendants())
			.map((handle) -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
			.reduce(Duration.ZERO, Duration::plus);
	}

	/** Return the resident memory of the process, in bytes. */
	long residentBytes() throws IOException {
		return Files.readAllLines(Path.of("/proc", Long.toString(this.process.pid()), "status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
			.findFirst()
			.orElse(0);
	}

	/** Wait until the server is idle, but for at most ten seconds. */
	void awaitIdle() {
		for (int i = 0; i < 50; i++) {
			Duration before = cpu();
			LockSupport.parkNanos(TURN);
			if (cpu().minus(before).toNanos() < TURN / 5) {
				return;
			}
		}
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

}
