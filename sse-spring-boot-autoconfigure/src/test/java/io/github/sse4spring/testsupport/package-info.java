/**
 * What the tests share: an oracle for the wire and a client without a library.
 */
package io.github.sse4spring.testsupport;
