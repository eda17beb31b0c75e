package io.github.sse4spring.stream;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.http.HttpHeaders;

/**
 * The headers that a stream adds to its response, each only where the response has none
 * of that name. They are added before the body is handed to the server, and taken back if
 * the source fails before the stream is open. After {@link #leave()} the response is not
 * touched again, since its server may use it for another request by then. Safe for use by
 * any thread.
 */
final class StreamHeaders {

	/** A cache must ask the server again, and a proxy must not compress the response. */
	static final String CACHE_CONTROL = "no-cache, no-transform";

	private static final Map<String, String> HEADERS = headers();

	private final StreamResponse response;

	private final Map<String, String> added = new LinkedHashMap<>();

	private StreamHeaders(StreamResponse response) {
		this.response = response;
		HEADERS.forEach(this::add);
	}

	/** Add the headers to a response that is not committed yet. */
	static StreamHeaders addTo(StreamResponse response) {
		return new StreamHeaders(response);
	}

	private static Map<String, String> headers() {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put(HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8");
		// A proxy that compresses holds events back. no-transform forbids it.
		headers.put(HttpHeaders.CACHE_CONTROL, CACHE_CONTROL);
		// nginx collects a response in large buffers without this.
		headers.put("X-Accel-Buffering", "no");
		return headers;
	}

	private void add(String name, String value) {
		if (this.response.header(name) == null) {
			this.response.setHeader(name, value);
			this.added.put(name, value);
		}
	}

	/** Remove the headers that were added, except those that were replaced since. */
	synchronized void takeBack() {
		this.added.forEach((name, value) -> {
			if (value.equals(this.response.header(name))) {
				this.response.setHeader(name, null);
			}
		});
		leave();
	}

	/** Touch the response no more: the stream is open, or its client has gone. */
	synchronized void leave() {
		this.added.clear();
	}

}
