package io.github.sse4spring.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * An application on Reactor Netty and a client that follows no redirects.
 */
final class Server implements AutoCloseable {

	private static final String WITHOUT_SECURITY = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration";

	private final ConfigurableApplicationContext context;

	private final HttpClient client = HttpClient.newHttpClient();

	private Server(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/** Start an application without the auto-configuration of Spring Security. */
	static Server of(Class<?> application, String... properties) {
		return start(application, Stream.concat(Stream.of(WITHOUT_SECURITY), Arrays.stream(properties)));
	}

	/** Start an application with Spring Security. */
	static Server withSecurity(Class<?> application, String... properties) {
		return start(application, Arrays.stream(properties));
	}

	private static Server start(Class<?> application, Stream<String> properties) {
		Stream<String> all = Stream.concat(Stream.of("server.port=0", "spring.main.banner-mode=off",
				"sse.stream.retry.min=100ms", "sse.stream.retry.max=100ms", "spring.security.user.name=ann",
				"spring.security.user.password=secret"), properties);
		return new Server(
				new SpringApplicationBuilder(Boot.class, application).properties(all.toArray(String[]::new)).run());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	boolean has(Class<?> type) {
		return this.context.getBeanNamesForType(type).length > 0;
	}

	/** Return the complete response. The response must end by itself. */
	HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
		return send("GET", path, "", headers);
	}

	HttpResponse<String> send(String method, String path, String body, String... headers)
			throws IOException, InterruptedException {
		return this.client.send(request(method, path, body, headers), BodyHandlers.ofString());
	}

	/** Return a response whose lines can be read as they arrive. */
	HttpResponse<Stream<String>> open(String path, String... headers) throws IOException, InterruptedException {
		return this.client.send(request("GET", path, "", headers), BodyHandlers.ofLines());
	}

	private HttpRequest request(String method, String path, String body, String... headers) {
		int port = ((ReactiveWebServerApplicationContext) this.context).getWebServer().getPort();
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.version(HttpClient.Version.HTTP_1_1)
			.timeout(Duration.ofSeconds(10))
			.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
		return ((headers.length > 0) ? request.headers(headers) : request).build();
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Boot {

		/**
		 * Resources of its own: closing one application would otherwise stop the event
		 * loops of all.
		 */
		@Bean
		ReactorResourceFactory resources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

	}

}
