package io.github.sse4spring.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Prints results as a Markdown table.
 */
final class Table {

	private static final String COLUMNS = "| server | events/s | deliveries/s | missed | CPU µs/delivery "
			+ "| p50 ms | p99 ms | max ms |";

	private static final String RATIOS = " deliveries/s ÷ %1$s | CPU ÷ %1$s | p99 ÷ %1$s |";

	private final List<Summary> rows;

	private final String against;

	/**
	 * Create a table of these rows, with ratios to the rows of one server if it is among
	 * them.
	 */
	Table(List<Summary> rows, String against) {
		this.rows = rows;
		this.against = against;
	}

	void print() {
		boolean ratios = !this.against.isEmpty();
		System.out.println(COLUMNS + (ratios ? RATIOS.formatted(this.against) : ""));
		System.out.println("|---".repeat(ratios ? 11 : 8) + "|");
		this.rows.forEach((row) -> System.out.println(line(row) + (ratios ? ratios(row) : "")));
	}

	/** Print a row for each server without figures. */
	static void print(List<String> servers, String reason) {
		servers.forEach((server) -> System.out.println("| " + server + " | " + reason + " |"));
	}

	private static String line(Summary row) {
		return String.format(Locale.ROOT, "| %s | %d | %,.0f | %s | %.2f | %.1f | %.1f | %.1f |", row.server(),
				row.rate(), row.deliveriesPerSecond(), missed(row.missedPercent()), row.cpuMicros(), row.p50(),
				row.p99(), row.max());
	}

	private static String missed(double percent) {
		return (percent > 0) ? String.format(Locale.ROOT, "%.2f %%", percent) : "none";
	}

	private String ratios(Summary row) {
		Optional<Summary> other = this.rows.stream()
			.filter((candidate) -> candidate.server().equals(this.against) && candidate.rate() == row.rate())
			.findFirst();
		return other.map((base) -> String.format(Locale.ROOT, " %.2f | %.2f | %.2f |",
				row.deliveriesPerSecond() / base.deliveriesPerSecond(), row.cpuMicros() / base.cpuMicros(),
				row.p99() / base.p99()))
			.orElse(" | | |");
	}

}
