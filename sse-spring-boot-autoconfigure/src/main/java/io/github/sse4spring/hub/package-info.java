/**
 * The hub: one log of events with topics as labels, a ring for what each topic retains,
 * and subscriptions that are cursors into the rings.
 */
@NullMarked
package io.github.sse4spring.hub;

import org.jspecify.annotations.NullMarked;
