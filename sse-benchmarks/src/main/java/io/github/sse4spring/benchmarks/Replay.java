package io.github.sse4spring.benchmarks;

/**
 * Measures the number of flushes, chunks and reads in which a client receives the 256
 * events that a topic retains. It compares this hub with a replaying sink of plain
 * WebFlux.
 *
 * <p>
 * Argument: {@code clients=5}, one after the other
 */
public final class Replay {

	private static final int SECONDS = 10;

	private Replay() {
	}

	/**
	 * Run, and print a table.
	 * @param args as described above
	 * @throws Exception if the server does not start
	 */
	public static void main(String[] args) throws Exception {
		int clients = new Settings(args, "clients").number("clients", 5);
		System.out.println("| server | events | flushes | chunks | reads | ms to the last event |");
		System.out.println("|---|---|---|---|---|---|");
		try (ServerProcess server = ServerProcess.start(ReplayServer.class, Servers.JVM)) {
			server.ask("/flushes");
			for (int i = 0; i < clients; i++) {
				replay(server, "hub");
				replay(server, "sinks");
			}
		}
		System.exit(0);
	}

	/** The counts include the head of the response and the first comment. */
	private static void replay(ServerProcess server, String name) throws Exception {
		Reader reader = new Reader();
		try (StreamClient client = new StreamClient("localhost", server.port())) {
			long start = System.nanoTime();
			client.open("/" + name, reader);
			while (reader.events < ReplayServer.EVENTS && System.nanoTime() - start < SECONDS * 1_000_000_000L) {
				Thread.sleep(10);
			}
			System.out.printf("| %s | %d | %s | %d | %d | %.1f |%n", name, reader.events, server.ask("/flushes"),
					reader.chunks, reader.reads, (reader.lastReadAt - start) / 1e6);
		}
	}

	/**
	 * Counts the reads.
	 */
	private static final class Reader extends StreamReader {

		private volatile long reads;

		private volatile long lastReadAt;

		@Override
		void reading() {
			this.reads++;
			this.lastReadAt = System.nanoTime();
		}

	}

}
