package io.github.sse4spring.hub;

/**
 * Checks the values of settings.
 */
final class SettingRules {

	private SettingRules() {
	}

	/**
	 * Return the value, or throw an {@link IllegalArgumentException} if it is below the
	 * minimum.
	 */
	static long atLeast(String name, long value, long min) {
		if (value < min) {
			throw new IllegalArgumentException("%s must be %d or more but is %d".formatted(name, min, value));
		}
		return value;
	}

}
