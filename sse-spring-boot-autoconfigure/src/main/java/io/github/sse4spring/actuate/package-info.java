/**
 * The endpoint of hubs and streams.
 */
@NullMarked
package io.github.sse4spring.actuate;

import org.jspecify.annotations.NullMarked;
