/**
 * The demo: one controller for each thing to look at, and one page that shows them.
 */
@NullMarked
package io.github.sse4spring.demo;

import org.jspecify.annotations.NullMarked;
