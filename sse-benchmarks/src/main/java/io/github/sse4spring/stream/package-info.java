/**
 * Stress tests of concurrent calls to the stream writer.
 */
@NullMarked
package io.github.sse4spring.stream;

import org.jspecify.annotations.NullMarked;
