package io.github.sse4spring.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A logarithmic axis.
 *
 * @param low the smallest value
 * @param high the largest value
 * @param from the coordinate of the smallest value
 * @param to the coordinate of the largest value
 */
record Axis(double low, double high, int from, int to) {

	private static final double[] STEPS = { 1, 2, 5 };

	private static final double ROOM = 1.15;

	/** Create an axis with room for all these values. */
	static Axis of(double[] values, int from, int to) {
		double[] positive = Arrays.stream(values).filter((value) -> value > 0).toArray();
		double low = Arrays.stream(positive).min().orElse(1);
		double high = Arrays.stream(positive).max().orElse(10);
		return new Axis(low / ROOM, high * ROOM, from, to);
	}

	/** Return the coordinate of a value. */
	double at(double value) {
		double part = Math.log(Math.max(value, this.low) / this.low) / Math.log(this.high / this.low);
		return this.from + part * (this.to - this.from);
	}

	/** Return the round values on the axis. */
	List<Double> ticks() {
		return IntStream.rangeClosed(-3, 9)
			.boxed()
			.flatMap((power) -> Arrays.stream(STEPS).mapToObj((step) -> step * Math.pow(10, power)))
			.filter((value) -> value >= this.low && value <= this.high)
			.toList();
	}

}
