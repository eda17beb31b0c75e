package io.github.sse4spring.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures events to many subscribers, end to end. Each server runs in a process of its
 * own. A client in this process counts the events. All servers run at the same time, are
 * warmed up, and take turns. Each figure is the median of the rounds.
 *
 * <p>
 * Arguments, in any order: {@code subscribers=1000 rates=100,2000 seconds=10 rounds=3
 * payload=text servers=hub,netty against=sinks warmup=1000000
 * csv=sse-benchmarks/target/fan-out.csv plot=docs/benchmarks.svg}
 */
public final class FanOut {

	private final List<Result> results = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	private final Servers servers;

	private final int subscribers;

	private final Payload payload;

	private FanOut(Servers servers, int subscribers, Payload payload) {
		this.servers = servers;
		this.subscribers = subscribers;
		this.payload = payload;
	}

	/**
	 * Run, print a table, and write the results to files.
	 * @param args as described above
	 * @throws Exception if a server does not start
	 */
	public static void main(String[] args) throws Exception {
		Settings settings = new Settings(args, "subscribers", "rates", "seconds", "rounds", "payload", "servers",
				"against", "warmup", "csv", "plot");
		int seconds = settings.number("seconds", 10);
		int rounds = settings.number("rounds", 3);
		Payload payload = Payload.valueOf(settings.text("payload", "text").toUpperCase(Locale.ROOT));
		try (Servers servers = new Servers(settings.texts("servers", Servers.ALL))) {
			FanOut fanOut = new FanOut(servers, settings.number("subscribers", 1000), payload);
			fanOut.warmUp(settings.number("warmup", 1_000_000));
			for (int rate : settings.numbers("rates", "100,2000")) {
				fanOut.run(Publishing.of(rate, seconds, payload), rounds);
			}
			System.out.printf("%d subscribers, %s, %d rounds of %d s, medians%n%n", fanOut.subscribers,
					payload.name().toLowerCase(Locale.ROOT), rounds, seconds);
			fanOut.report(settings);
		}
		System.exit(0);
	}

	/** Let each server make this many deliveries, but for at most a minute. */
	private void warmUp(int deliveries) {
		for (String name : this.servers.names()) {
			long delivered = 0;
			for (int turn = 0; turn < 6 && delivered < deliveries; turn++) {
				int count = Math.max(1, deliveries / this.subscribers);
				Publishing publishing = new Publishing(Math.max(10, count / 2), count, 10, this.payload);
				delivered += measure(name, -1, publishing).stream().mapToLong(Result::delivered).sum();
			}
		}
	}

	private void run(Publishing publishing, int rounds) {
		for (int round = 0; round < rounds; round++) {
			for (String name : this.servers.names()) {
				this.results.addAll(measure(name, round, publishing));
			}
		}
	}

	/** Return one result, or none if the server has failed. */
	private List<Result> measure(String name, int round, Publishing publishing) {
		try {
			return List.of(this.servers.measure(name, this.subscribers, round, publishing));
		}
		catch (Exception ex) {
			System.err.printf("%s at %d events/s: %s%n", name, publishing.rate(), ex);
			this.failures.add(name + ", round " + round + " | " + publishing.rate());
			restart(name);
			return List.of();
		}
	}

	private void restart(String name) {
		try {
			this.servers.restart(name);
		}
		catch (Exception ex) {
			throw new IllegalStateException(name + " does not start again", ex);
		}
	}

	private void report(Settings settings) throws Exception {
		List<Summary> rows = Summary.of(this.results);
		new Table(rows, settings.text("against", "")).print();
		Table.print(this.failures, "failed");
		Table.print(this.servers.absent(), "not installed");
		Path csv = Path.of(settings.text("csv", "sse-benchmarks/target/fan-out.csv"));
		Result.write(csv, this.results);
		System.out.println("\nEach run is in " + csv);
		if (!settings.text("plot", "").isEmpty()) {
			Plot.write(Path.of(settings.text("plot", "")), rows);
		}
	}

}
