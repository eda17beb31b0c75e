package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The servers that take part, each running in a process of its own; all have the same
 * memory.
 */
final class Servers implements AutoCloseable {

	static final List<String> ALL = List.of("hub", "hub-operators", "hub-not-fused", "hub-close", "sinks", "emitters",
			"eventbus", "netty", "netty-close", "nchan", "better-sse");

	/** What each JVM is started with. */
	static final List<String> JVM = List.of("-Xmx1g", "-XX:MaxDirectMemorySize=1g",
			"-Dio.netty.leakDetection.level=disabled");

	private static final Path NODE = Path.of("sse-benchmarks", "src", "main", "node");

	private final Map<String, ServerProcess> running = new LinkedHashMap<>();

	private final List<String> absent = new ArrayList<>();

	/** Start these. */
	Servers(List<String> names) throws IOException {
		for (String name : names) {
			start(name).ifPresentOrElse((server) -> this.running.put(name, server), () -> this.absent.add(name));
		}
	}

	private static Optional<ServerProcess> start(String name) throws IOException {
		return switch (name) {
			case "nchan" -> Nchan.start();
			case "better-sse" -> startNode();
			default -> Optional.of(ServerProcess.start(FanOutServer.class, JVM, name));
		};
	}

	private static Optional<ServerProcess> startNode() throws IOException {
		Optional<Path> node = Nchan.first(Stream.of(Nchan.path()), "node");
		if (node.isEmpty() || !Files.isDirectory(NODE.resolve("node_modules"))) {
			return Optional.empty();
		}
		return Optional.of(ServerProcess.start(List.of(node.get().toString(), "--max-old-space-size=1024",
				NODE.resolve("better-sse.mjs").toString())));
	}

	/** The names of those that run. */
	List<String> names() {
		return List.copyOf(this.running.keySet());
	}

	/** The names of those that are not installed. */
	List<String> absent() {
		return this.absent;
	}

	/** Measure how one server hands events to so many subscribers. */
	Result measure(String name, int subscribers, int round, Publishing publishing) throws Exception {
		ServerProcess server = this.running.get(name);
		if (server == null) {
			throw new IllegalArgumentException(name + " does not run");
		}
		List<String> paths = new ArrayList<>();
		for (int i = 0; i < subscribers; i++) {
			paths.add("/events?payload=" + publishing.payload());
		}
		try (Measurement measurement = new Measurement(server)) {
			measurement.open(paths);
			measurement.publish((client) -> {
				if ("nchan".equals(name)) {
					Nchan.publish(client, publishing);
				}
				else {
					server.tell(publishing.path());
				}
			}, (long) subscribers * publishing.count(), publishing.seconds());
			return measurement.result(name, publishing.rate(), round);
		}
	}

	/** Start a server anew that has failed. */
	void restart(String name) throws Exception {
		ServerProcess failed = this.running.get(name);
		if (failed != null) {
			failed.close();
		}
		start(name).ifPresent((server) -> this.running.put(name, server));
	}

	@Override
	public void close() throws InterruptedException {
		for (ServerProcess server : this.running.values()) {
			server.close();
		}
	}

}
