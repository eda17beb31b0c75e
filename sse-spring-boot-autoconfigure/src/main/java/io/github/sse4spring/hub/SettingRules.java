package io.github.sse4spring.hub;

/**
 * Checks the values of settings.
 */
final class SettingRules {

	private SettingRules() {
	}

	/** Returns the value, unless it is too small. */
	static long atLeast(String name, long value, long min) {
		if (value < min) {
			throw new IllegalArgumentException("%s must be %d or more but is %d".formatted(name, min, value));
		}
		return value;
	}

}
