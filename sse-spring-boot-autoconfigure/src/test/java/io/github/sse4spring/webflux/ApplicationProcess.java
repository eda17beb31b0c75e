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
 * An application in a process of its own, with what a user would have. The process is
 * asked over its standard input and answers on its standard output, so that a question
 * needs neither a connection nor an event loop of the application.
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

	/** Start it with settings under which only the drain timeout ends anything. */
	static ApplicationProcess start(String drainTimeout) throws IOException {
		return start("512m", 100_000, "--sse.shutdown.drain-timeout=" + drainTimeout);
	}

	/**
	 * Start it with settings under which nothing ends a stream.
	 * @param heap the largest heap, which is the largest direct memory too
	 * @param eventSize the size of the events that clients are stalled with
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
	 * Publish large events until as many streams as this cannot be written to any more.
	 */
	void stall(int streams) throws IOException {
		this.questions.println(streams);
		answer("stalled");
	}

	/** Tell the process to stop, as an operating system does. */
	void stop() {
		// Process.destroy would close the standard input too.
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
			// The test is gone.
			Runtime.getRuntime().halt(1);
		}

		private static void stall(ConfigurableApplicationContext context, int streams) {
			SseHub hub = context.getBean(SseHub.class);
			SseConnections connections = context.getBean(SseConnections.class);
			SseEvent large = SseEvent
				.text("x".repeat(context.getEnvironment().getRequiredProperty("flood.size", Integer.class)));
			while (unwritable(connections) != streams) {
				// A client that does not read keeps the event that it is in the middle
				// of. So
				// publish no other one before all that read have taken this one.
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
