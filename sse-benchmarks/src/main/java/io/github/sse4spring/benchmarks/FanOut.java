package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

import io.netty.channel.Channel;
import org.HdrHistogram.Histogram;

/**
 * Events to many subscribers, end to end: each server in a process of its own, a client
 * in this one that counts. All servers run side by side and take turns, warm; each figure
 * is the median of the rounds.
 *
 * <p>
 * Arguments:
 * {@code subscribers=1000 rates=100,2000 seconds=10 rounds=3 servers=hub,netty}
 */
public final class FanOut {

	private static final List<String> SERVERS = List.of("hub", "hub-operators", "hub-not-fused", "hub-close", "sinks",
			"emitters", "netty", "netty-close");

	private static final long WARM_UP_DELIVERIES = 1_000_000;

	private final HttpClient http = HttpClient.newHttpClient();

	private final int subscribers;

	private final int seconds;

	private FanOut(int subscribers, int seconds) {
		this.subscribers = subscribers;
		this.seconds = seconds;
	}

	/**
	 * Run, and print a table.
	 * @param args as described above
	 * @throws Exception if a server does not start
	 */
	public static void main(String[] args) throws Exception {
		Map<String, String> settings = new LinkedHashMap<>();
		Arrays.stream(args).forEach((arg) -> settings.put(arg.split("=")[0], arg.split("=")[1]));
		FanOut fanOut = new FanOut(Integer.parseInt(settings.getOrDefault("subscribers", "1000")),
				Integer.parseInt(settings.getOrDefault("seconds", "10")));
		List<String> servers = settings.containsKey("servers") ? List.of(settings.get("servers").split(",")) : SERVERS;
		int[] rates = Arrays.stream(settings.getOrDefault("rates", "100,2000").split(","))
			.mapToInt(Integer::parseInt)
			.toArray();
		fanOut.run(servers, rates, Integer.parseInt(settings.getOrDefault("rounds", "3")));
		System.exit(0);
	}

	private void run(List<String> names, int[] rates, int rounds) throws Exception {
		Map<String, ServerProcess> servers = new LinkedHashMap<>();
		for (String name : names) {
			servers.put(name, ServerProcess.start(FanOutServer.class,
					List.of("-Xmx1g", "-Dio.netty.leakDetection.level=disabled"), name));
		}
		for (String name : names) {
			int rate = 500;
			measure(name, servers.get(name), rate, (int) Math.max(rate, WARM_UP_DELIVERIES / this.subscribers));
		}
		System.out.printf("%d subscribers, %d rounds of %d s, medians%n%n", this.subscribers, rounds, this.seconds);
		System.out
			.println("| server | events/s | deliveries/s | missed | CPU us/delivery | p50 ms | p99 ms | max ms |");
		System.out.println("|---|---|---|---|---|---|---|---|");
		for (int rate : rates) {
			Map<String, List<Result>> results = new LinkedHashMap<>();
			for (int round = 0; round < rounds; round++) {
				for (String name : names) {
					Result result = measure(name, servers.get(name), rate, rate * this.seconds);
					results.computeIfAbsent(name, (key) -> new ArrayList<>()).add(result);
				}
			}
			results.forEach((name, all) -> print(name, rate, all));
		}
		for (ServerProcess server : servers.values()) {
			server.close();
		}
	}

	private static void print(String name, int rate, List<Result> results) {
		System.out.printf("| %s | %d | %,.0f | %.2f %% | %.2f | %.1f | %.1f | %.1f |%n", name, rate,
				median(results, Result::deliveriesPerSecond), median(results, Result::missedPercent),
				median(results, Result::cpuMicros), median(results, Result::p50), median(results, Result::p99),
				median(results, Result::max));
	}

	private static double median(List<Result> results, ToDoubleFunction<Result> figure) {
		double[] values = results.stream().mapToDouble(figure).sorted().toArray();
		return values[values.length / 2];
	}

	private Result measure(String name, ServerProcess server, int rate, int count) throws Exception {
		Histogram latency = new Histogram(TimeUnit.MINUTES.toMicros(2), 2);
		List<Counter> counters = new ArrayList<>();
		List<Channel> channels = new ArrayList<>();
		try (StreamClient client = new StreamClient("localhost", server.port())) {
			for (int i = 0; i < this.subscribers; i++) {
				Counter counter = new Counter(latency);
				counters.add(counter);
				channels.add(client.open("/events", counter));
			}
			await(() -> counters.stream().allMatch((counter) -> counter.open), 20);
			Duration cpuBefore = server.cpu();
			long start = System.nanoTime();
			ask(server, "/publish?rate=" + rate + "&count=" + count);
			awaitQuiet(counters, count);
			long end = counters.stream().mapToLong((counter) -> counter.lastReadAt).max().orElse(start);
			Duration cpu = server.cpu().minus(cpuBefore);
			if (counters.stream().anyMatch((counter) -> !counter.ordered)) {
				throw new IllegalStateException(name + " has handed over events out of order");
			}
			long delivered = counters.stream().mapToLong((counter) -> counter.events).sum();
			channels.forEach(Channel::close);
			return new Result(delivered, (long) count * this.subscribers, (end - start) / 1e9, cpu, latency);
		}
	}

	private static void await(BooleanSupplier condition, int seconds) {
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > until) {
				throw new IllegalStateException("waited in vain");
			}
			LockSupport.parkNanos(1_000_000);
		}
	}

	/** Until all has come, or nothing more comes for two seconds. */
	private static void awaitQuiet(List<Counter> counters, int count) {
		long seen = -1;
		long since = System.nanoTime();
		while (true) {
			long now = counters.stream().mapToLong((counter) -> counter.events).sum();
			if (now != seen) {
				seen = now;
				since = System.nanoTime();
			}
			if (now >= (long) count * counters.size() || System.nanoTime() - since > TimeUnit.SECONDS.toNanos(2)) {
				return;
			}
			LockSupport.parkNanos(20_000_000);
		}
	}

	private void ask(ServerProcess server, String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).build();
		this.http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
	}

	private record Result(long delivered, long expected, double seconds, Duration cpu, Histogram latency) {

		double deliveriesPerSecond() {
			return this.delivered / this.seconds;
		}

		double missedPercent() {
			return 100.0 * (this.expected - this.delivered) / this.expected;
		}

		double cpuMicros() {
			return this.cpu.toNanos() / 1000.0 / Math.max(1, this.delivered);
		}

		double p50() {
			return this.latency.getValueAtPercentile(50) / 1000.0;
		}

		double p99() {
			return this.latency.getValueAtPercentile(99) / 1000.0;
		}

		double max() {
			return this.latency.getMaxValue() / 1000.0;
		}

	}

	/**
	 * Counts, and keeps how long each event was under way.
	 */
	private static final class Counter extends StreamReader {

		private final Histogram latency;

		private volatile long lastReadAt;

		private Counter(Histogram latency) {
			this.latency = latency;
		}

		@Override
		void reading() {
			this.lastReadAt = System.nanoTime();
		}

		@Override
		void event(long number, long publishedAt) {
			this.latency.recordValue(Math.max(0, readAt() - publishedAt));
		}

	}

}
