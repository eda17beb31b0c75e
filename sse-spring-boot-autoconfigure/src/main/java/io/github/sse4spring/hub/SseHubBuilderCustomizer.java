package io.github.sse4spring.hub;

/**
 * Customizes the auto-configured hub before it is built.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SseHubBuilderCustomizer {

	/**
	 * Customize the builder.
	 * @param builder the builder, with the properties of the application
	 */
	void customize(SseHubBuilder builder);

}
