package io.github.sse4spring.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The rounds of one server at one rate. Each figure is the median.
 *
 * @param server the name of the server
 * @param rate the requested events a second
 * @param asked the requested deliveries a second
 * @param deliveriesPerSecond the actual deliveries a second
 * @param missedPercent the percentage of deliveries that did not arrive in time
 * @param cpuMicros the CPU time of the server for one delivery
 * @param p50 from publishing to reading, in milliseconds
 * @param p99 from publishing to reading, in milliseconds
 * @param max from publishing to reading, in milliseconds
 */
record Summary(String server, int rate, double asked, double deliveriesPerSecond, double missedPercent,
		double cpuMicros, double p50, double p99, double max) {

	/** Return all servers at the first rate, then all at the next. */
	static List<Summary> of(List<Result> results) {
		Map<String, List<Result>> rounds = results.stream()
			.collect(Collectors.groupingBy((result) -> result.rate() + " " + result.server(), LinkedHashMap::new,
					Collectors.toList()));
		return rounds.values().stream().map(Summary::median).toList();
	}

	private static Summary median(List<Result> rounds) {
		Result first = rounds.get(0);
		return new Summary(first.server(), first.rate(), (double) first.rate() * first.subscribers(),
				median(rounds, Result::deliveriesPerSecond), median(rounds, Result::missedPercent),
				median(rounds, Result::cpuMicros), median(rounds, Result::p50), median(rounds, Result::p99),
				median(rounds, Result::max));
	}

	private static double median(List<Result> rounds, ToDoubleFunction<Result> figure) {
		double[] values = rounds.stream().mapToDouble(figure).sorted().toArray();
		return values[values.length / 2];
	}

}
