package io.github.sse4spring.benchmarks;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The arguments of a benchmark, each {@code name=value}.
 */
final class Settings {

	private final Map<String, String> values = new HashMap<>();

	/** Parse the arguments, which may have only these names. */
	Settings(String[] args, String... names) {
		for (String arg : args) {
			String[] parts = arg.split("=", 2);
			if (parts.length < 2 || !List.of(names).contains(parts[0])) {
				throw new IllegalArgumentException("'" + arg + "' is none of " + String.join("=, ", names) + "=");
			}
			this.values.put(parts[0], parts[1]);
		}
	}

	String text(String name, String fallback) {
		return this.values.getOrDefault(name, fallback);
	}

	List<String> texts(String name, List<String> fallback) {
		return this.values.containsKey(name) ? List.of(this.values.get(name).split(",")) : fallback;
	}

	int number(String name, int fallback) {
		return Integer.parseInt(text(name, Integer.toString(fallback)));
	}

	int[] numbers(String name, String fallback) {
		return Arrays.stream(text(name, fallback).split(",")).mapToInt(Integer::parseInt).toArray();
	}

}
