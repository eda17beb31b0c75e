/**
 * The demo: one controller for each use case, and pages that show them.
 */
@NullMarked
package io.github.sse4spring.demo;

import org.jspecify.annotations.NullMarked;
