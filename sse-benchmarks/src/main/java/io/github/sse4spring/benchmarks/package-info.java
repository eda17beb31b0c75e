/**
 * Event streams end to end: servers in a process of their own, and a client that counts.
 */
@NullMarked
package io.github.sse4spring.benchmarks;

import org.jspecify.annotations.NullMarked;
