/**
 * Events to bytes and bytes to events: the only package that knows Jackson and Spring's
 * codecs.
 */
@NullMarked
package io.github.sse4spring.codec;

import org.jspecify.annotations.NullMarked;
