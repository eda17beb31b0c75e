/**
 * Auto-configuration: the beans, and the properties below {@code sse}.
 */
@NullMarked
package io.github.sse4spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
