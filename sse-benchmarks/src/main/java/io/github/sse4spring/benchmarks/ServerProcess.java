package io.github.sse4spring.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, whose CPU time can be read from outside.
 */
final class ServerProcess implements AutoCloseable {

	private final Process process;

	private final int port;

	private ServerProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/** Start a main class of this class path, which prints "port" and its port. */
	static ServerProcess start(Class<?> main, List<String> jvmArguments, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmArguments);
		command.addAll(List.of("-cp", ManagementFactory.getRuntimeMXBean().getClassPath(), main.getName()));
		command.addAll(List.of(arguments));
		return start(command);
	}

	/** Start any command that prints "port" and its port. */
	static ServerProcess start(List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		BufferedReader out = process.inputReader();
		for (String line = out.readLine(); line != null; line = out.readLine()) {
			if (line.startsWith("port ")) {
				return new ServerProcess(process, Integer.parseInt(line.substring("port ".length())));
			}
		}
		throw new IllegalStateException("The server did not start: " + command);
	}

	int port() {
		return this.port;
	}

	/** The CPU time of the process so far. */
	Duration cpu() {
		return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

}
