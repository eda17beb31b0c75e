package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.netty.channel.Channel;

/**
 * Keeps a server of 256 MB busy for the number of minutes in its argument. It uses 5000
 * idle streams, 500 active ones, 50 clients that do not read and are closed for it, and
 * 100 clients a second that connect and leave. It prints the resources of the server,
 * which should not grow.
 */
public final class Soak {

	private static final int IDLE = 5000;

	private static final int ACTIVE = 500;

	private static final int STALLED = 50;

	private static final int CHURN_PER_SECOND = 100;

	private static final int SECONDS_STALLED = 100;

	private static final int SAMPLES = 60;

	/** Direct memory is small and grows in chunks. */
	private static final double GROWTH_ALLOWED = 0.15;

	private static final int FIGURES = 6;

	private final ServerProcess server;

	private final StreamClient client;

	private final List<StreamReader> active = new ArrayList<>();

	private final List<Channel> stalled = new ArrayList<>();

	private final Deque<Channel> churning = new ArrayDeque<>();

	private long churned;

	private long reopened;

	private Soak(ServerProcess server) {
		this.server = server;
		this.client = new StreamClient("localhost", server.port());
	}

	/**
	 * Run the soak test.
	 * @param args the number of minutes; 15 if there is none
	 * @throws Exception if the server does not start
	 */
	public static void main(String[] args) throws Exception {
		double minutes = (args.length > 0) ? Double.parseDouble(args[0]) : 15;
		boolean flat;
		try (ServerProcess server = ServerProcess.start(SoakServer.class, List.of("-Xmx256m"))) {
			flat = new Soak(server).run(minutes);
		}
		System.exit(flat ? 0 : 1);
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private boolean run(double minutes) throws Exception {
		for (int i = 0; i < IDLE; i++) {
			this.client.open("/idle", new StreamReader());
		}
		for (int i = 0; i < ACTIVE; i++) {
			StreamReader reader = new StreamReader();
			this.active.add(reader);
			this.client.open("/active", reader);
		}
		for (int i = 0; i < STALLED; i++) {
			this.stalled.add(this.client.openStalled("/heavy"));
		}
		List<long[]> samples = new ArrayList<>();
		long start = System.nanoTime();
		long length = (long) (minutes * TimeUnit.MINUTES.toNanos(1));
		System.out.println("minute | heap MB | direct MB | threads | descriptors | connections | subscribers");
		for (long tick = 0; System.nanoTime() - start < length; tick++) {
			churn();
			if (System.nanoTime() - start > samples.size() * (length / SAMPLES)) {
				samples.add(sample());
				print((System.nanoTime() - start) / 6e10, samples.get(samples.size() - 1));
			}
			long next = start + (tick + 1) * TimeUnit.SECONDS.toNanos(1) / CHURN_PER_SECOND;
			LockSupport.parkNanos(next - System.nanoTime());
		}
		boolean flat = report(samples);
		this.client.close();
		return flat;
	}

	/**
	 * Connect one client, and close the one that connected a second ago. At intervals,
	 * replace a client that does not read. The server has closed its connection by then,
	 * which such a client does not notice.
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	private void churn() throws InterruptedException {
		this.churning.add(this.client.open("/active", new StreamReader()));
		this.churned++;
		if (this.churning.size() > CHURN_PER_SECOND) {
			this.churning.remove().close();
		}
		if (this.churned % (CHURN_PER_SECOND * SECONDS_STALLED / STALLED) == 0) {
			this.stalled.remove(0).close();
			this.stalled.add(this.client.openStalled("/heavy"));
			this.reopened++;
		}
	}

	private long[] sample() throws IOException, InterruptedException {
		String figures = this.server.ask("/figures");
		return Arrays.stream(figures.split(" ")).mapToLong(Long::parseLong).toArray();
	}

	private static void print(double minute, long[] sample) {
		System.out.printf("%6.1f | %7.1f | %9.1f | %7d | %11d | %11d | %11d%n", minute, sample[0] / 1e6,
				sample[1] / 1e6, sample[2], sample[3], sample[4], sample[5]);
	}

	/** Print a report. Returns whether nothing grows and no event was missed. */
	private boolean report(List<long[]> samples) {
		System.out.printf("%d clients came and went, %d that did not read came anew%n", this.churned, this.reopened);
		System.out.printf("active streams: %d events each at least, %d missed, in order: %s, closed: %d%n",
				this.active.stream().mapToLong((reader) -> reader.events).min().orElse(0),
				this.active.stream().mapToLong((reader) -> reader.missed).sum(),
				this.active.stream().allMatch((reader) -> reader.ordered),
				this.active.stream().filter((reader) -> reader.closed).count());
		boolean flat = this.active.stream()
			.allMatch((reader) -> reader.ordered && reader.missed == 0 && !reader.closed);
		String[] names = { "heap", "direct memory", "threads", "descriptors", "connections", "subscribers" };
		for (int i = 0; i < FIGURES; i++) {
			long middle = median(samples, i, samples.size() / 3, samples.size() * 2 / 3);
			long last = median(samples, i, samples.size() * 2 / 3, samples.size());
			System.out.printf("%s: median %d in the second third, %d in the last (%+.1f %%)%n", names[i], middle, last,
					100.0 * (last - middle) / Math.max(1, middle));
			flat &= last - middle < GROWTH_ALLOWED * middle + 1;
		}
		System.out.println(flat ? "flat" : "NOT FLAT: something grows, was missed or was closed");
		return flat;
	}

	private static long median(List<long[]> samples, int figure, int from, int to) {
		long[] values = samples.subList(from, to).stream().mapToLong((sample) -> sample[figure]).sorted().toArray();
		return (values.length > 0) ? values[values.length / 2] : 0;
	}

}
