/**
 * Stress tests of what threads may do to the hub at the same time.
 */
@NullMarked
package io.github.sse4spring.hub;

import org.jspecify.annotations.NullMarked;
