/**
 * The hub. Its log orders the events of all topics. A ring holds the newest entries of
 * each topic, and a subscription reads the rings of its topics through cursors.
 */
@NullMarked
package io.github.sse4spring.hub;

import org.jspecify.annotations.NullMarked;
