package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Draws results: the deliveries, and their cost for the server, against the rate.
 *
 * <p>
 * Its main method draws the results of an earlier fan-out again: {@code csv=... plot=...
 * against=...}
 */
public final class Plot {

	private static final int WIDTH = 760;

	private static final int HEIGHT = 340;

	private static final String HEAD = """
			<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
			<style>
			svg { color: #24292f; background: #ffffff }
			@media (prefers-color-scheme: dark) { svg { color: #d7dde3; background: #0d1117 } }
			text { fill: currentColor }
			.axis { stroke: currentColor; stroke-opacity: .2 }
			.line { fill: none; stroke-width: 2 }
			</style>
			""";

	private Plot() {
	}

	/**
	 * Draw earlier results again, and print their table.
	 * @param args as described above
	 * @throws IOException if there is no such file
	 */
	public static void main(String[] args) throws IOException {
		Settings settings = new Settings(args, "csv", "plot", "against");
		List<Summary> rows = Summary
			.of(Result.read(Path.of(settings.text("csv", "sse-benchmarks/target/fan-out.csv"))));
		new Table(rows, settings.text("against", "")).print();
		write(Path.of(settings.text("plot", "docs/benchmarks.svg")), rows);
	}

	/** Write an SVG file. */
	static void write(Path file, List<Summary> rows) throws IOException {
		ToDoubleFunction<Summary> rate = Summary::rate;
		String svg = HEAD.formatted(WIDTH, 2 * HEIGHT)
				+ panel("Deliveries a second, against events a second", 0, rows, Summary::deliveriesPerSecond, rate)
				+ panel("CPU µs per delivery, against events a second", HEIGHT, rows, Summary::cpuMicros, rate)
				+ "</svg>\n";
		if (file.getParent() != null) {
			Files.createDirectories(file.getParent());
		}
		Files.writeString(file, svg);
		System.out.println("Drawn to " + file);
	}

	private static String panel(String title, int top, List<Summary> rows, ToDoubleFunction<Summary> figure,
			ToDoubleFunction<Summary> rate) {
		Axis x = Axis.of(rows.stream().mapToDouble(rate).toArray(), 80, WIDTH - 150);
		Axis y = Axis.of(rows.stream().mapToDouble(figure).toArray(), top + HEIGHT - 40, top + 40);
		return Panel.draw(title, top, rows, x, y, figure);
	}

}
