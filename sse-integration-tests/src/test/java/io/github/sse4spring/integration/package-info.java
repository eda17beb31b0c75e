/**
 * Tests of the starter in applications as users write them, for the problems of a first
 * attempt.
 */
@NullMarked
package io.github.sse4spring.integration;

import org.jspecify.annotations.NullMarked;
