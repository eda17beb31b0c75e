package io.github.sse4spring.webflux;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application in a process of its own, configured like one of a user. A test sends
 * requests to the standard input of the process and reads replies from its standard
 * output. A request therefore needs neither a connection nor an event loop of the
 * application.
 */
final class ApplicationProcess implements Closeable {

	private final Process process;

	private final BufferedReader answers;

	private final PrintWriter questions;

	private final int port;

	private ApplicationProcess(Process process) throws IOException {
		this.process = process;
		this.answers = process.inputReader();
		this.questions = new PrintWriter(process.outputWriter(), true);
		this.port = Integer.parseInt(answer("port"));
	}

	/**
	 * Start the process with settings under which only the drain timeout ends a stream.
	 */
	static ApplicationProcess start(String drainTimeout) throws IOException {
		return start("512m", 100_000, "--sse.shutdown.drain-timeout=" + drainTimeout);
	}

	/**
	 * Start the process with settings under which nothing ends a stream.
	 * @param heap the maximum heap size, which is also that of direct memory
	 * @param eventSize the size of the events that {@link #stall(int)} publishes
	 * @param setting a further setting
	 */
	static ApplicationProcess start(String heap, int eventSize, String setting) throws IOException {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx" + heap, "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				Main.class.getName(), setting, "--flood.size=" + eventSize, "--sse.stream.open-delay=0",
				"--sse.stream.stall-timeout=0", "--spring.lifecycle.timeout-per-shutdown-phase=1h");
		return new ApplicationProcess(
				new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
	}

	int port() {
		return this.port;
	}

	/**
	 * Publish large events until this many streams cannot be written to.
	 */
	void stall(int streams) throws IOException {
		this.questions.println(streams);
		answer("stalled");
	}

	/** Stop the process with a signal, as an operating system does. */
	void stop() {
		// Process.destroy would also close the standard input.
		this.process.toHandle().destroy();
	}

	void awaitExit() throws InterruptedException {
		this.process.waitFor();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	private String answer(String name) throws IOException {
		for (String line = this.answers.readLine(); line != null; line = this.answers.readLine()) {
			if (line.startsWith(name + " ")) {
				return line.substring(name.length() + 1);
			}
			System.out.println("application: " + line);
		}
		throw new IOException("The application has ended before it has said '" + name + "'");
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ NettyServer.class, DrainTests.Feeds.class })
	public static class Main {

		private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(10);

		public static void main(String[] args) throws IOException {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Main.class)
				.properties("server.port=0", "spring.main.web-application-type=reactive", "spring.main.banner-mode=off",
						"logging.level.root=warn")
				.run(args);
			System.out.println("port " + StreamApplication.port(context));
			BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = questions.readLine(); line != null; line = questions.readLine()) {
				stall(context, Integer.parseInt(line));
				System.out.println("stalled " + line);
			}
			// The test has ended.
			Runtime.getRuntime().halt(1);
		}

		private static void stall(ConfigurableApplicationContext context, int streams) {
			SseHub hub = context.getBean(SseHub.class);
			SseConnections connections = context.getBean(SseConnections.class);
			SseEvent large = SseEvent
				.text("x".repeat(context.getEnvironment().getRequiredProperty("flood.size", Integer.class)));
			while (unwritable(connections) != streams) {
				// A client that does not read retains the event that is being written to
				// it. Publish another event only after all clients that read have
				// received the previous one.
				if (connections.list().stream().noneMatch(Main::isReading)) {
					hub.publish("flood", large);
				}
				LockSupport.parkNanos(LOOK_EVERY);
			}
		}

		private static boolean isReading(SseConnection connection) {
			return connection.unwritableSince() == null && connection.lag() > 0;
		}

		private static long unwritable(SseConnections connections) {
			return connections.list().stream().filter((each) -> each.unwritableSince() != null).count();
		}

	}

}
