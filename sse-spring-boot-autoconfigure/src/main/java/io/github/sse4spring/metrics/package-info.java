/**
 * Meters and observations of hubs and streams. The only place for Micrometer.
 */
@NullMarked
package io.github.sse4spring.metrics;

import org.jspecify.annotations.NullMarked;
