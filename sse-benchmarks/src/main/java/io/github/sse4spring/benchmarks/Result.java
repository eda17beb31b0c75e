package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The result of one run.
 *
 * @param server the name of the server
 * @param subscribers how many streams were open
 * @param rate the requested events a second
 * @param round the number of the round, from 0
 * @param expected how many deliveries were expected
 * @param delivered how many deliveries arrived
 * @param seconds from the first publish to the last read
 * @param cpu the CPU time of the server, in milliseconds
 * @param p50 from publishing to reading, in milliseconds
 * @param p99 from publishing to reading, in milliseconds
 * @param max from publishing to reading, in milliseconds
 */
record Result(String server, int subscribers, int rate, int round, long expected, long delivered, double seconds,
		double cpu, double p50, double p99, double max) {

	private static final String HEADER = "server,subscribers,rate,round,expected,delivered,seconds,cpu_ms,"
			+ "p50_ms,p99_ms,max_ms";

	double deliveriesPerSecond() {
		return this.delivered / this.seconds;
	}

	/** Return the percentage of deliveries that did not arrive in time. */
	double missedPercent() {
		return 100.0 * (this.expected - this.delivered) / this.expected;
	}

	double cpuMicros() {
		return 1000 * this.cpu / Math.max(1, this.delivered);
	}

	/** Write all results to a file of comma-separated values. */
	static void write(Path file, List<Result> results) throws IOException {
		Files.createDirectories(file.toAbsolutePath().getParent());
		Files.write(file, Stream.concat(Stream.of(HEADER), results.stream().map(Result::line)).toList());
	}

	private String line() {
		return String.format(Locale.ROOT, "%s,%d,%d,%d,%d,%d,%.6f,%.3f,%.3f,%.3f,%.3f", this.server, this.subscribers,
				this.rate, this.round, this.expected, this.delivered, this.seconds, this.cpu, this.p50, this.p99,
				this.max);
	}

	/** Read the results from a file. */
	static List<Result> read(Path file) throws IOException {
		return Files.readAllLines(file).stream().skip(1).map(Result::parse).toList();
	}

	private static Result parse(String line) {
		String[] values = line.split(",");
		return new Result(values[0], Integer.parseInt(values[1]), Integer.parseInt(values[2]),
				Integer.parseInt(values[3]), Long.parseLong(values[4]), Long.parseLong(values[5]),
				Double.parseDouble(values[6]), Double.parseDouble(values[7]), Double.parseDouble(values[8]),
				Double.parseDouble(values[9]), Double.parseDouble(values[10]));
	}

}
