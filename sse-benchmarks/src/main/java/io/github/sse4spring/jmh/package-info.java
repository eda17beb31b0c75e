/**
 * Micro-benchmarks with JMH.
 */
@NullMarked
package io.github.sse4spring.jmh;

import org.jspecify.annotations.NullMarked;
