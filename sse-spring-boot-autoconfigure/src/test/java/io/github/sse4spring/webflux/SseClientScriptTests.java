package io.github.sse4spring.webflux;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client for browsers: checks how it is served, and runs its own tests on Node.js.
 */
@Timeout(120)
class SseClientScriptTests {

	private final HttpClient http = HttpClient.newHttpClient();

	private HttpResponse<String> get(ConfigurableApplicationContext context, String path, String... headers)
			throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + StreamApplication.port(context) + path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	@Test
	void isNotServedUnlessEnabled() throws Exception {
		try (ConfigurableApplicationContext context = StreamApplication.run(NettyServer.class)) {
			assertThat(get(context, "/sse-client.js").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void isServedBelowTheBasePathAndIs304WhileItIsUnchanged() throws Exception {
		try (ConfigurableApplicationContext context = StreamApplication.run(NettyServer.class,
				"sse.client.enabled=true", "sse.client.path=/js/sse.js", "spring.webflux.base-path=/app")) {
			HttpResponse<String> response = get(context, "/app/js/sse.js");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).contains("export class SseClient")
				.isEqualTo(SseClientScript.SCRIPT.getContentAsString(StandardCharsets.UTF_8));
			assertThat(response.headers().firstValue(HttpHeaders.CONTENT_TYPE))
				.hasValue("text/javascript;charset=UTF-8");
			assertThat(response.headers().firstValue(HttpHeaders.CACHE_CONTROL)).hasValue("no-cache");
			String version = response.headers().firstValue(HttpHeaders.ETAG).orElseThrow();
			assertThat(get(context, "/app/js/sse.js", HttpHeaders.IF_NONE_MATCH, version).statusCode()).isEqualTo(304);
			assertThat(get(context, "/js/sse.js").statusCode()).isEqualTo(404);
			assertThat(get(context, "/app/js/sse.jsx").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void passesItsTestsOnNode() throws Exception {
		Node.assumePresent();
		Process node = new ProcessBuilder("node", "--test", "src/test/node/").redirectErrorStream(true).start();
		String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(node.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(node.exitValue()).as(output).isZero();
		assertThat(output).contains("# fail 0").doesNotContain("# pass 0");
	}

}
