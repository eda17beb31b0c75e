package io.github.sse4spring.webflux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * Node.js, and the clients for it that {@code npm ci} installs. Without them, tests are
 * skipped and print a line. If the environment variable {@code SSE_NODE_REQUIRED} is
 * {@code true}, they fail instead.
 */
final class Node {

	static final Path DIRECTORY = Path.of("src", "test", "node");

	private static final int VERSION = 20;

	private Node() {
	}

	static void assumePresent() {
		if (!isPresent()) {
			skip("No Node " + VERSION + " or newer on the PATH: tests on Node are skipped");
		}
	}

	static void assumeClientsInstalled() {
		assumePresent();
		if (!Files.isDirectory(DIRECTORY.resolve("node_modules"))) {
			skip("\"npm ci\" was not run in " + DIRECTORY + ": clients of Node are skipped");
		}
	}

	private static void skip(String message) {
		if ("true".equals(System.getenv("SSE_NODE_REQUIRED"))) {
			throw new AssertionError(message + ", but SSE_NODE_REQUIRED is true");
		}
		System.out.println(message);
		Assumptions.abort(message);
	}

	private static boolean isPresent() {
		try {
			Process version = new ProcessBuilder("node", "--version").start();
			String printed = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return version.waitFor() == 0 && Integer.parseInt(printed.substring(1, printed.indexOf('.'))) >= VERSION;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
