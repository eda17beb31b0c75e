package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.validation.Errors;

/**
 * Rejects values out of range, naming the key, the value and the range.
 */
final class PropertyRules {

	/** Longer is a mistake, and could overflow what counts in nanoseconds. */
	static final Duration LONGEST = SseKeepAlive.MAX_INTERVAL;

	/** More does not fit into a number of milliseconds, sooner or later. */
	private static final Duration PRINTABLE = LONGEST.multipliedBy(1000);

	private final Errors errors;

	PropertyRules(Errors errors) {
		this.errors = errors;
	}

	void between(String field, String key, @Nullable Duration value, Duration min, Duration max) {
		if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
			this.errors.rejectValue(field, "range", "%s must be between %s and %s but is %s".formatted(key, print(min),
					print(max), (value != null) ? print(value) : "empty"));
		}
	}

	void positive(String field, String key, long value) {
		if (value < 1) {
			this.errors.rejectValue(field, "range", "%s must be 1 or more but is %d".formatted(key, value));
		}
	}

	void notNegative(String field, String key, long value) {
		if (value < 0) {
			this.errors.rejectValue(field, "range", "%s must be 0 or more but is %d".formatted(key, value));
		}
	}

	void ordered(String field, String lowerKey, @Nullable Duration lower, String upperKey, @Nullable Duration upper) {
		if (lower != null && upper != null && lower.compareTo(upper) > 0) {
			this.errors.rejectValue(field, "order", "%s must not be above %s but is %s, above %s".formatted(lowerKey,
					upperKey, print(lower), print(upper)));
		}
	}

	void path(String field, String key, String path) {
		if (!path.startsWith("/") || path.chars().anyMatch((c) -> "*?{}".indexOf(c) >= 0)) {
			this.errors.rejectValue(field, "path",
					"%s must begin with / and be no pattern but is '%s'".formatted(key, path));
		}
	}

	void topic(String field, String key, String topic) {
		try {
			SseSubscription.to(topic);
		}
		catch (IllegalArgumentException ex) {
			this.errors.rejectValue(field, "topic", "%s: %s".formatted(key, ex.getMessage()));
		}
	}

	private static String print(Duration duration) {
		if (duration.abs().compareTo(PRINTABLE) > 0) {
			return duration.toString();
		}
		ChronoUnit unit = Stream.of(ChronoUnit.DAYS, ChronoUnit.SECONDS)
			.filter((candidate) -> !duration.isZero() && duration.toMillis() % candidate.getDuration().toMillis() == 0)
			.findFirst()
			.orElse(ChronoUnit.MILLIS);
		return DurationStyle.SIMPLE.print(duration, unit);
	}

}
