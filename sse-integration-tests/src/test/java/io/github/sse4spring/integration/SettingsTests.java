package io.github.sse4spring.integration;

import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.config.EnableWebFlux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settings and beans of the application that might break its streams.
 */
@Timeout(60)
class SettingsTests {

	private static final String TICK = ":\nretry:100\n\nevent:tick\ndata:{\"number\":1}\n\nid:sse-end\n\n";

	@Test
	void streamsWorkWithEnableWebFlux() throws Exception {
		try (Server server = Server.of(WithEnableWebFlux.class)) {
			assertThat(server.get("/json").body()).isEqualTo(TICK);
			assertThat(server.get("/json-only", "Accept", "text/event-stream").body()).isEqualTo(TICK);
			assertThat(server.get("/seen", "Last-Event-ID", "7").body()).contains("data:7\n");
		}
	}

	@Test
	void streamsWorkWithoutAJsonMapper() throws Exception {
		try (Server server = Server.of(WithoutJackson.class)) {
			assertThat(server.has(JsonMapper.class)).isFalse();
			assertThat(server.get("/json").body()).isEqualTo(TICK);
		}
	}

	@Test
	void streamsAreBelowTheBasePath() throws Exception {
		try (Server server = Server.of(Feeds.class, "spring.webflux.base-path=/api")) {
			assertThat(server.get("/api/json").body()).isEqualTo(TICK);
			assertThat(server.get("/json").statusCode()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.main.lazy-initialization=true", "spring.threads.virtual.enabled=true",
			"server.shutdown=immediate" })
	void firstRequestGetsWhatIsPublishedAndACleanEnd(String setting) throws Exception {
		Server server = Server.of(Feeds.class, setting);
		try (Stream<String> body = server.open("/hub").body()) {
			Iterator<String> lines = body.iterator();
			assertThat(lines.next()).isEqualTo(":");
			assertThat(server.bean(SseConnections.class).list()).hasSize(1);
			server.bean(SseHub.class).publish("news", SseEvent.text("one"));
			skipTo(lines, "data:one");
			server.close();
			skipTo(lines, "retry:100");
			assertThat(lines.next()).isEmpty();
			assertThat(lines.hasNext()).isFalse();
		}
		finally {
			server.close();
		}
	}

	private static void skipTo(Iterator<String> lines, String line) {
		while (!lines.next().equals(line)) {
			assertThat(lines.hasNext()).as("'%s' arrives", line).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/spring", "/strings" })
	void streamsThatAreNotOursAreLeftAlone(String path) throws Exception {
		try (Server with = Server.of(SpringFeeds.class);
				Server without = Server.of(SpringFeeds.class, "sse.enabled=false")) {
			HttpResponse<String> ours = with.get(path, "Accept", "text/event-stream");
			HttpResponse<String> springs = without.get(path, "Accept", "text/event-stream");
			assertThat(ours.body()).isEqualTo(springs.body()).contains("data:");
			assertThat(ours.statusCode()).isEqualTo(springs.statusCode()).isEqualTo(200);
			assertThat(headers(ours)).isEqualTo(headers(springs));
		}
	}

	private static Map<String, List<String>> headers(HttpResponse<?> response) {
		return new TreeMap<>(response.headers().map());
	}

	@Test
	void noOtherOriginMayReadAStream() throws Exception {
		try (Server server = Server.of(Feeds.class)) {
			HttpResponse<String> response = server.get("/json", "Origin", "https://app.example");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().map().keySet()).noneMatch((name) -> name.startsWith("access-control"));
		}
	}

	@Test
	void originThatTheCorsFilterAllowsReadsWithItsCookies() throws Exception {
		try (Server server = Server.of(WithCors.class)) {
			HttpResponse<String> response = server.get("/json", "Origin", "https://app.example");
			assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("https://app.example");
			assertThat(response.headers().firstValue("Access-Control-Allow-Credentials")).contains("true");
			assertThat(response.body()).isEqualTo(TICK);
			assertThat(server.get("/json", "Origin", "https://evil.example").statusCode()).isEqualTo(403);
		}
	}

	@Test
	void clientThatIsNoEventSourceMaySendTheLastEventIdAfterAPreflight() throws Exception {
		try (Server server = Server.of(WithCors.class)) {
			HttpResponse<String> preflight = server.send("OPTIONS", "/json", "", "Origin", "https://app.example",
					"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "last-event-id");
			assertThat(preflight.statusCode()).isEqualTo(200);
			assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers")).contains("last-event-id");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebFlux
	@Import(Feeds.class)
	static class WithEnableWebFlux {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = JacksonAutoConfiguration.class)
	@Import(Feeds.class)
	static class WithoutJackson {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Feeds.class)
	static class WithCors {

		@Bean
		CorsWebFilter corsFilter() {
			CorsConfiguration cors = new CorsConfiguration();
			cors.addAllowedOrigin("https://app.example");
			cors.addAllowedMethod("GET");
			cors.addAllowedHeader("Last-Event-ID");
			cors.setAllowCredentials(true);
			UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
			source.registerCorsConfiguration("/**", cors);
			return new CorsWebFilter(source);
		}

	}

}
