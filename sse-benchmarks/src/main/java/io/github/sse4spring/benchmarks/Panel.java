package io.github.sse4spring.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One of the panels of a {@link Plot}: a line for each server, with its name at the end.
 */
final class Panel {

	/** Colours that are visible on white and on black. */
	private static final List<String> COLOURS = List.of("#2f81f7", "#6e9fe0", "#39a0a0", "#1f6feb", "#d9534f",
			"#d0883a", "#b08900", "#8957e5", "#a371f7", "#2da44e", "#c2559d");

	private static final int LABEL_HEIGHT = 14;

	private static final List<String> SUFFIXES = List.of("", "k", "M", "G");

	private Panel() {
	}

	static String draw(String title, int top, List<Summary> rows, Axis x, Axis y, ToDoubleFunction<Summary> figure) {
		StringBuilder svg = new StringBuilder();
		svg.append(text(x.from(), top + 22, "start", "bold", title));
		for (double tick : y.ticks()) {
			svg.append(line(x.from(), y.at(tick), x.to(), y.at(tick)));
			svg.append(text(x.from() - 8, y.at(tick) + 4, "end", "normal", label(tick)));
		}
		for (double rate : rows.stream().mapToDouble(Summary::rate).distinct().toArray()) {
			svg.append(line(x.at(rate), y.from(), x.at(rate), y.to()));
			svg.append(text(x.at(rate), y.from() + 18, "middle", "normal", label(rate)));
		}
		lines(svg, rows, x, y, figure);
		return svg.toString();
	}

	private static void lines(StringBuilder svg, List<Summary> rows, Axis x, Axis y, ToDoubleFunction<Summary> figure) {
		Map<String, List<Summary>> servers = rows.stream()
			.sorted(Comparator.comparingInt(Summary::rate))
			.collect(Collectors.groupingBy(Summary::server, LinkedHashMap::new, Collectors.toList()));
		List<Label> labels = new ArrayList<>();
		for (Map.Entry<String, List<Summary>> server : servers.entrySet()) {
			String colour = COLOURS.get(labels.size() % COLOURS.size());
			String points = server.getValue()
				.stream()
				.map((row) -> number(x.at(row.rate())) + "," + number(y.at(figure.applyAsDouble(row))))
				.collect(Collectors.joining(" "));
			svg.append("<polyline class=\"line\" stroke=\"%s\" points=\"%s\"/>%n".formatted(colour, points));
			for (String point : points.split(" ")) {
				svg.append("<circle r=\"3\" fill=\"%s\" cx=\"%s\" cy=\"%s\"/>%n".formatted(colour, point.split(",")[0],
						point.split(",")[1]));
			}
			Summary last = server.getValue().get(server.getValue().size() - 1);
			labels.add(new Label(server.getKey(), colour, x.at(last.rate()), y.at(figure.applyAsDouble(last))));
		}
		labels(svg, labels, x.to() + 16, y);
	}

	/** Draw the names close to the ends of their lines, without overlap. */
	private static void labels(StringBuilder svg, List<Label> labels, int left, Axis y) {
		labels.sort(Comparator.comparingDouble(Label::y));
		double needed = y.from() - (labels.size() - 1) * LABEL_HEIGHT;
		double free = y.to();
		for (Label label : labels) {
			double at = Math.max(free, Math.min(label.y(), needed));
			svg.append("<path class=\"line\" style=\"stroke-width:1\" stroke=\"%s\" d=\"M%s,%s L%d,%s\"/>%n"
				.formatted(label.colour(), number(label.x() + 4), number(label.y()), left - 2, number(at)));
			svg.append("<text x=\"%d\" y=\"%s\" style=\"fill:%s\">%s</text>%n".formatted(left, number(at + 4),
					label.colour(), label.name()));
			free = at + LABEL_HEIGHT;
			needed += LABEL_HEIGHT;
		}
	}

	private static String line(double x1, double y1, double x2, double y2) {
		return "<line class=\"axis\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n".formatted(number(x1), number(y1),
				number(x2), number(y2));
	}

	private static String text(double x, double y, String anchor, String weight, String text) {
		return "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n".formatted(number(x),
				number(y), anchor, weight, text);
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, "%.1f", value);
	}

	/** Format a round number, such as 0.5, 20 or 100k. */
	private static String label(double value) {
		int suffix = 0;
		double left = value;
		while (left >= 1000 && suffix < SUFFIXES.size() - 1) {
			left /= 1000;
			suffix++;
		}
		String digits = String.format(Locale.ROOT, "%.3f", left).replaceAll("\\.?0+$", "");
		return digits + SUFFIXES.get(suffix);
	}

	/**
	 * The name of a line and the position of its end.
	 *
	 * @param name the name of the server
	 * @param colour the colour of its line
	 * @param x the x coordinate of its last point
	 * @param y the y coordinate of its last point
	 */
	private record Label(String name, String colour, double x, double y) {

	}

}
