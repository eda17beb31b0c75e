package io.github.sse4spring.stream;

import java.net.InetSocketAddress;
import java.security.Principal;

import io.github.sse4spring.SseLastEventId;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The request of an event stream, independent of the web stack.
 *
 * @since 0.1.0
 */
public interface SseStreamRequest {

	/**
	 * Return the HTTP method.
	 * @return the method in upper case, such as {@code GET}
	 */
	String method();

	/**
	 * Return the path of the request.
	 * @return the path as it stands in the request line, not decoded
	 */
	String path();

	/**
	 * Return a header.
	 * @param name the name, in any case
	 * @return the first value, or {@code null} if the request has no such header
	 */
	@Nullable String header(String name);

	/**
	 * Return a query parameter.
	 * @param name the name
	 * @return the first value, decoded, or {@code null} if the request has no such
	 * parameter
	 */
	@Nullable String parameter(String name);

	/**
	 * Return the id of the last event that the client has received. It is the header
	 * {@code Last-Event-ID}. If there is no such header, it is the query parameter
	 * {@code lastEventId}, for a client that resumes with its first request.
	 * @return the id, or {@code null} if the client sent none
	 */
	default @Nullable SseLastEventId lastEventId() {
		return LastEventIds.of(header("Last-Event-ID"), parameter("lastEventId"));
	}

	/**
	 * Return an attribute that a filter or the framework has set.
	 * @param name the name
	 * @return the value, or {@code null} if it is not set
	 */
	@Nullable Object attribute(String name);

	/**
	 * Return the authenticated user.
	 * @return the principal; empty if there is none
	 */
	Mono<Principal> principal();

	/**
	 * Return the address of the client. Forwarded headers count only with
	 * {@code server.forward-headers-strategy}, since any client can send them.
	 * @return the address, or {@code null} if the server does not know it
	 */
	@Nullable InetSocketAddress remoteAddress();

	/**
	 * Return the handler of the request, for log lines.
	 * @return the handler method if there is one, else the method and path of the request
	 */
	String handler();

}
