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
 * The servers to compare, each running in a process of its own. All have the same memory.
 */
final class Servers implements AutoCloseable {

	static final List<String> ALL = List.of("hub", "hub-operators", "hub-not-fused", "hub-close", "sinks", "emitters",
			"eventbus", "netty", "netty-close", "nchan", "better-sse");

	/** The arguments of each JVM. */
	static final List<String> JVM = List.of("-Xmx1g", "-XX:MaxDirectMemorySize=1g",
			"-Dio.netty.leakDetection.level=disabled");

	private static final Path NODE = Path.of("sse-benchmarks", "src", "main", "node");

	private final Map<String, ServerProcess> running = new LinkedHashMap<>();

	private final List<String> absent = new ArrayList<>();

	/** Start the servers with these names. */
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

	/** Return the names of the servers that run. */
	List<String> names() {
		return List.copyOf(this.running.keySet());
	}

	/** Return the names of the servers that are not installed. */
	List<String> absent() {
		return this.absent;
	}

	/** Measure the deliveries of one server to this many subscribers. */
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

	/** Start a failed server again. */
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
