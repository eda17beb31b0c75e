/**
 * Stress tests of what threads may do to the stream writer at the same time.
 */
@NullMarked
package io.github.sse4spring.stream;

import org.jspecify.annotations.NullMarked;
