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
	 * @param builder the builder, to which the properties of the application are already
	 * applied
	 */
	void customize(SseHubBuilder builder);

}
