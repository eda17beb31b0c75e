/**
 * Stress tests of the hub, in which several threads use it at the same time.
 */
@NullMarked
package io.github.sse4spring.hub;

import org.jspecify.annotations.NullMarked;
