package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.SseHubBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Checks the values of properties. A value out of range is refused with an exception that
 * names the property, its value and its range. Spring Boot reports the exception with the
 * value as it was written and its origin. The value of a property that is not set is
 * {@code null} and is accepted.
 */
final class PropertyRules {

	/** The longest accepted duration. Sums of it fit into a number of nanoseconds. */
	static final Duration LONGEST = SseKeepAlive.MAX_INTERVAL;

	/** Longer durations may not fit into a number of nanoseconds. */
	private static final Duration PRINTABLE = LONGEST.multipliedBy(100);

	private static final Map<String, Duration> TIMES = times();

	private static final Map<String, Long> SIZES = sizes();

	private PropertyRules() {
	}

	static void between(String key, @Nullable Duration value, Duration min, Duration max) {
		if (value != null && (value.compareTo(min) < 0 || value.compareTo(max) > 0)) {
			throw refusal(key, print(value), "must be between %s and %s".formatted(print(min), print(max)));
		}
	}

	static void positive(String key, @Nullable Integer value) {
		if (value != null && value < 1) {
			throw refusal(key, value, "must be 1 or more");
		}
	}

	static void positive(String key, @Nullable DataSize value) {
		if (value != null && value.toBytes() < 1) {
			throw refusal(key, print(value), "must be 1 B or more");
		}
	}

	static void notNegative(String key, @Nullable Integer value) {
		if (value != null && value < 0) {
			throw refusal(key, value, "must be 0 or more");
		}
	}

	static void notAbove(String key, Duration value, String upperKey, Duration upper) {
		if (value.compareTo(upper) > 0) {
			throw refusalAbove(key, print(value), upperKey, print(upper));
		}
	}

	static void notBelow(String key, Duration value, String lowerKey, Duration lower) {
		if (value.compareTo(lower) < 0) {
			throw refusal(key, print(value),
					"must not be below %s, but %s is less than %s".formatted(lowerKey, print(value), print(lower)));
		}
	}

	static void notAbove(String key, @Nullable DataSize value, String upperKey, DataSize upper) {
		if (value != null && value.compareTo(upper) > 0) {
			throw refusalAbove(key, print(value), upperKey, print(upper));
		}
	}

	static void path(String key, String path) {
		if (!path.startsWith("/") || path.chars().anyMatch((c) -> "*?{}".indexOf(c) >= 0)) {
			throw refusal(key, path, "must begin with / and must not be a pattern");
		}
	}

	static void topic(String key, String topic) {
		try {
			SseSubscription.to(topic);
		}
		catch (IllegalArgumentException ex) {
			throw refusal(key, topic, "has an invalid topic: " + ex.getMessage());
		}
	}

	/** Adds the pattern to the builder, which refuses an invalid or repeated one. */
	static void pattern(String key, String pattern, SseHubBuilder patterns) {
		try {
			patterns.topics(pattern, (group) -> {
			});
		}
		catch (IllegalArgumentException ex) {
			throw refusal(key, pattern, "cannot be used: " + ex.getMessage());
		}
	}

	private static InvalidConfigurationPropertyValueException refusalAbove(String key, String value, String upperKey,
			String upper) {
		return refusal(key, value, "must not be above %s, but %s is more than %s".formatted(upperKey, value, upper));
	}

	private static InvalidConfigurationPropertyValueException refusal(String key, @Nullable Object value, String rule) {
		return new InvalidConfigurationPropertyValueException(key, value, key + " " + rule);
	}

	/** Prints a duration in its largest whole unit, such as 15 s. */
	static String print(Duration duration) {
		if (duration.isZero() || duration.abs().compareTo(PRINTABLE) > 0) {
			return duration.isZero() ? "0" : duration.toString();
		}
		return TIMES.entrySet()
			.stream()
			.filter((unit) -> duration.toNanos() % unit.getValue().toNanos() == 0)
			.findFirst()
			.map((unit) -> duration.toNanos() / unit.getValue().toNanos() + " " + unit.getKey())
			.orElseThrow();
	}

	/** Prints a size in its largest whole unit, such as 64 MB. */
	static String print(DataSize size) {
		long bytes = size.toBytes();
		return SIZES.entrySet()
			.stream()
			.filter((unit) -> bytes != 0 && bytes % unit.getValue() == 0)
			.findFirst()
			.map((unit) -> bytes / unit.getValue() + " " + unit.getKey())
			.orElse(bytes + " B");
	}

	private static Map<String, Duration> times() {
		Map<String, Duration> units = new LinkedHashMap<>();
		units.put("days", Duration.ofDays(1));
		units.put("h", Duration.ofHours(1));
		units.put("min", Duration.ofMinutes(1));
		units.put("s", Duration.ofSeconds(1));
		units.put("ms", Duration.ofMillis(1));
		units.put("us", Duration.ofNanos(1000));
		units.put("ns", Duration.ofNanos(1));
		return units;
	}

	private static Map<String, Long> sizes() {
		Map<String, Long> units = new LinkedHashMap<>();
		units.put("GB", DataSize.ofGigabytes(1).toBytes());
		units.put("MB", DataSize.ofMegabytes(1).toBytes());
		units.put("KB", DataSize.ofKilobytes(1).toBytes());
		return units;
	}

}
