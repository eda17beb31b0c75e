/**
 * Benchmarks of event streams, end to end: each server runs in a process of its own, and
 * a client counts the events.
 */
@NullMarked
package io.github.sse4spring.benchmarks;

import org.jspecify.annotations.NullMarked;
