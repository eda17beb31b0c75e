package io.github.sse4spring.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The jar of the demo with bean definitions generated at build time, as in a native
 * image.
 */
@Timeout(60)
class AotIT {

	private static final Pattern STARTED = Pattern.compile("Netty started on port (\\d+)");

	@Test
	void jarWithBeansWorkedOutAtBuildTimeStreams() throws Exception {
		Process demo = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Dspring.aot.enabled=true", "-jar", System.getProperty("demo.jar"),
				"--server.port=0")
			.redirectErrorStream(true)
			.start();
		try (BufferedReader log = demo.inputReader()) {
			assertThat(readUntil(log, Pattern.compile("Starting AOT-processed"))).isNotNull();
			URI uri = URI.create("http://localhost:" + readUntil(log, STARTED).group(1) + "/events/counter");
			HttpResponse<Stream<String>> response = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(uri).header("Last-Event-ID", "41").build(),
						HttpResponse.BodyHandlers.ofLines());
			try (Stream<String> lines = response.body()) {
				assertThat(lines.limit(20).filter((line) -> line.startsWith("data:")).findFirst()).contains("data:42");
			}
		}
		finally {
			demo.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
	}

	private static Matcher readUntil(BufferedReader log, Pattern pattern) throws IOException {
		StringBuilder read = new StringBuilder();
		for (String line = log.readLine(); line != null; line = log.readLine()) {
			Matcher matcher = pattern.matcher(line);
			if (matcher.find()) {
				return matcher;
			}
			read.append(line).append('\n');
		}
		throw new AssertionError("The demo ended before '" + pattern + "':\n" + read);
	}

}
