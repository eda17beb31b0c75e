package io.github.sse4spring.webflux;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Serves {@code sse-client.js}, a module for browsers that reads event streams.
 *
 * @since 0.1.0
 */
public final class SseClientScript {

	static final Resource SCRIPT = new ClassPathResource("sse-client.js", SseClientScript.class);

	private static final MediaType JAVASCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");

	private SseClientScript() {
	}

	/**
	 * Serve the module to GET and HEAD. A browser revalidates the module on each use. The
	 * page therefore always uses the version of the server.
	 * @param path the path, below the base path of the application
	 * @return the route
	 */
	public static RouterFunction<ServerResponse> at(String path) {
		String version = '"' + versionOf(SCRIPT) + '"';
		return RouterFunctions.resource(RequestPredicates.path(path), SCRIPT,
				(resource, headers) -> describe(headers, version));
	}

	private static void describe(HttpHeaders headers, String version) {
		headers.setContentType(JAVASCRIPT);
		headers.setCacheControl(CacheControl.noCache());
		headers.setETag(version);
	}

	private static String versionOf(Resource resource) {
		try {
			return DigestUtils.md5DigestAsHex(resource.getContentAsByteArray());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("sse-client.js is missing in the jar", ex);
		}
	}

}
