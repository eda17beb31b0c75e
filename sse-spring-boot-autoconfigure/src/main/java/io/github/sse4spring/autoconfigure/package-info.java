/**
 * Auto-configuration of the beans, and the {@code sse.*} properties.
 */
@NullMarked
package io.github.sse4spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
