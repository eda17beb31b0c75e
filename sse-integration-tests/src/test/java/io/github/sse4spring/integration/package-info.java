/**
 * What goes wrong in the first hour: the starter in applications as users write them.
 */
@NullMarked
package io.github.sse4spring.integration;

import org.jspecify.annotations.NullMarked;
