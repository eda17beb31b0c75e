package io.github.sse4spring.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures how the cost of the hub grows. The deliveries a second stay the same, with few
 * and many subscribers, and with one topic and many. It also measures the time that a
 * publish takes for its caller.
 *
 * <p>
 * Arguments, in any order:
 * {@code subscribers=10,100,1000,10000 topics=1,10,100,1000,10000
 * deliveries=100000 seconds=10 rounds=3 latency=0,10,100,1000,10000 publishes=5}
 */
public final class Scale {

	private static final int SUBSCRIBERS_OF_TOPICS = 1000;

	private static final int BURST = 50;

	private static final int WARM_UP_SECONDS = 10;

	private static final int WARM_UP_RATE = 1000;

	private final ServerProcess server;

	private final int seconds;

	private Scale(ServerProcess server, int seconds) {
		this.server = server;
		this.seconds = seconds;
	}

	/**
	 * Run, and print three tables.
	 * @param args as described above
	 * @throws Exception if the server does not start
	 */
	public static void main(String[] args) throws Exception {
		Settings settings = new Settings(args, "subscribers", "topics", "deliveries", "seconds", "rounds", "latency",
				"publishes");
		int deliveries = settings.number("deliveries", 100_000);
		int rounds = settings.number("rounds", 3);
		try (ServerProcess server = ServerProcess.start(ScaleServer.class, Servers.JVM)) {
			Scale scale = new Scale(server, settings.number("seconds", 10));
			scale.measure("warm-up", 100, 1, WARM_UP_RATE * Math.min(scale.seconds, WARM_UP_SECONDS), WARM_UP_RATE, 0);
			System.out.printf("%,d deliveries/s, %d rounds of %d s, medians%n%n", deliveries, rounds, scale.seconds);
			scale.subscribers(settings.numbers("subscribers", "10,100,1000,10000"), deliveries, rounds);
			scale.topics(settings.numbers("topics", "1,10,100,1000,10000"), deliveries, rounds);
			scale.latency(settings.numbers("latency", "0,10,100,1000,10000"), settings.number("publishes", 5));
		}
		System.exit(0);
	}

	private void subscribers(int[] numbers, int deliveries, int rounds) throws Exception {
		List<Result> results = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			for (int subscribers : numbers) {
				int rate = Math.max(1, deliveries / subscribers);
				results.add(measure("subscribers: " + subscribers, subscribers, 1, rate * this.seconds, rate, round));
			}
		}
		new Table(Summary.of(results), "").print();
		System.out.println();
	}

	/** Each event goes to the subscribers of one topic, and the topics take turns. */
	private void topics(int[] numbers, int deliveries, int rounds) throws Exception {
		List<Result> results = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			for (int topics : numbers) {
				int rate = deliveries / Math.max(1, SUBSCRIBERS_OF_TOPICS / topics);
				int turns = Math.max(1, rate * this.seconds / topics);
				results.add(measure("topics: " + topics, SUBSCRIBERS_OF_TOPICS, topics, turns * topics, rate, round));
			}
		}
		new Table(Summary.of(results), "").print();
		System.out.println();
	}

	private Result measure(String name, int subscribers, int topics, int count, int rate, int round) throws Exception {
		try (Measurement measurement = new Measurement(this.server)) {
			measurement.open(paths(subscribers, topics));
			Publishing publishing = new Publishing(rate, count, 3 * this.seconds, Payload.TEXT);
			long deliveries = (long) count * Math.max(1, subscribers / topics);
			measurement.publish((client) -> this.server.tell(publishing.path() + "&topics=" + topics), deliveries,
					publishing.seconds());
			return measurement.result(name, rate, round);
		}
	}

	/**
	 * Every topic has a subscriber. A subscriber of several topics has consecutive ones.
	 */
	private static List<String> paths(int subscribers, int topics) {
		List<String> paths = new ArrayList<>();
		int each = Math.max(1, topics / Math.max(1, subscribers));
		for (int i = 0; i < subscribers; i++) {
			paths.add("/events?each=" + each + "&topic=" + (i * each) % topics);
		}
		return paths;
	}

	/**
	 * Measure the time that a publish takes for its caller, alone and as one of many in a
	 * row.
	 */
	private void latency(int[] numbers, int rate) throws Exception {
		System.out.println("| subscribers | in a row | publishes | median ns | p99 ns | max ns |");
		System.out.println("|---|---|---|---|---|---|");
		for (int burst : new int[] { 1, BURST }) {
			for (int subscribers : numbers) {
				System.out.printf("| %d | %d | %s |%n", subscribers, burst, latency(subscribers, burst, rate));
			}
		}
	}

	private String latency(int subscribers, int burst, int rate) throws Exception {
		Publishing publishing = new Publishing(rate, rate * this.seconds, 3 * this.seconds, Payload.TEXT);
		try (Measurement measurement = new Measurement(this.server)) {
			measurement.open(paths(subscribers, 1));
			this.server.ask("/forget");
			measurement.publish((client) -> {
				this.server.tell(publishing.path() + "&topics=1&burst=" + burst);
				Thread.sleep(1000L * this.seconds);
			}, (long) subscribers * publishing.count() * burst, publishing.seconds());
		}
		return this.server.ask("/latency");
	}

}
