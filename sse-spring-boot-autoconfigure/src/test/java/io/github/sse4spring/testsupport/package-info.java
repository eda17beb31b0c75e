/**
 * Shared by the tests: an oracle for event streams, and a client that uses no library.
 */
package io.github.sse4spring.testsupport;
