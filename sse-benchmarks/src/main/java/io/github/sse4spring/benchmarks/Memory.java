package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the cost of an idle stream: its memory, and the CPU time of its keep-alive. It
 * compares this hub with plain WebFlux, with and without a comment every 15 seconds, and
 * with bare Netty with a comment, which is the lower limit. The servers run one after the
 * other, each in a new process with the same memory.
 *
 * <p>
 * Arguments, in any order: {@code streams=10000 seconds=30 rounds=1
 * servers=hub,sinks-interval,sinks,netty-keep-alive}
 */
public final class Memory {

	private static final int WARM_UP = 500;

	private final ServerProcess server;

	private Memory(ServerProcess server) {
		this.server = server;
	}

	/**
	 * Run, and print a table.
	 * @param args as described above
	 * @throws Exception if a server does not start
	 */
	public static void main(String[] args) throws Exception {
		Settings settings = new Settings(args, "streams", "seconds", "rounds", "servers");
		int streams = settings.number("streams", 10_000);
		int seconds = settings.number("seconds", 30);
		System.out.printf("%,d idle streams%n%n", streams);
		System.out.println("| server | heap MB before | after | heap bytes/stream | resident MB before | after "
				+ "| resident bytes/stream | CPU % of a core while idle |");
		System.out.println("|---".repeat(8) + "|");
		for (int round = 0; round < settings.number("rounds", 1); round++) {
			for (String name : settings.texts("servers",
					List.of("hub", "sinks-interval", "sinks", "netty-keep-alive"))) {
				try (ServerProcess server = start(name)) {
					new Memory(server).measure(name, streams, seconds);
				}
			}
		}
		System.exit(0);
	}

	private static ServerProcess start(String name) throws IOException {
		return name.startsWith("netty") ? ServerProcess.start(FanOutServer.class, Servers.JVM, name)
				: ServerProcess.start(MemoryServer.class, Servers.JVM);
	}

	private void measure(String name, int streams, int seconds) throws Exception {
		try (StreamClient client = new StreamClient("localhost", this.server.port())) {
			open(client, name, WARM_UP);
		}
		this.server.awaitIdle();
		long heapBefore = heap();
		long residentBefore = this.server.residentBytes();
		try (StreamClient client = new StreamClient("localhost", this.server.port())) {
			open(client, name, streams);
			this.server.awaitIdle();
			Duration cpuBefore = this.server.cpu();
			Thread.sleep(1000L * seconds);
			Duration cpu = this.server.cpu().minus(cpuBefore);
			long heap = heap();
			long resident = this.server.residentBytes();
			System.out.printf(Locale.ROOT, "| %s | %.1f | %.1f | %,d | %.1f | %.1f | %,d | %.2f |%n", name,
					heapBefore / 1e6, heap / 1e6, (heap - heapBefore) / streams, residentBefore / 1e6, resident / 1e6,
					(resident - residentBefore) / streams, cpu.toMillis() / 10.0 / seconds);
		}
	}

	private static void open(StreamClient client, String name, int streams) throws InterruptedException {
		List<StreamReader> readers = new ArrayList<>();
		for (int i = 0; i < streams; i++) {
			StreamReader reader = new StreamReader();
			readers.add(reader);
			client.open("/" + name, reader);
		}
		while (!readers.stream().allMatch((reader) -> reader.open)) {
			Thread.sleep(10);
		}
	}

	private long heap() throws Exception {
		return Long.parseLong(this.server.ask("/heap"));
	}

}
