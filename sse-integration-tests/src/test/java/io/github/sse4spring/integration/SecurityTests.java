package io.github.sse4spring.integration;

import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams behind Spring Security, requested as by an {@code EventSource}.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecurityTests {

	private static final String EVENT_SOURCE = "text/event-stream";

	private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]* value=\"([^\"]+)\"");

	private final Server server = Server.withSecurity(Feeds.class);

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void streamWithoutCredentialsIsUnauthorizedByDefault() throws Exception {
		HttpResponse<String> response = this.server.get("/json", "Accept", EVENT_SOURCE);
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("WWW-Authenticate"))
			.hasValueSatisfying((challenge) -> assertThat(challenge).startsWith("Basic"));
	}

	@Test
	void streamWithoutCredentialsIsSentToTheLoginPageWhereAFormIsTheOnlyWayIn() throws Exception {
		try (Server formLogin = Server.withSecurity(FormLogin.class)) {
			HttpResponse<String> response = formLogin.get("/json", "Accept", EVENT_SOURCE);
			assertThat(response.statusCode()).isEqualTo(302);
			assertThat(response.headers().firstValue("Location")).contains("/login");
			assertThat(formLogin.get("/login", "Accept", EVENT_SOURCE).headers().firstValue("Content-Type"))
				.contains("text/html");
		}
	}

	@Test
	void streamOfASessionIsOpened() throws Exception {
		HttpResponse<String> stream = this.server.get("/json", "Accept", EVENT_SOURCE, "Cookie", logIn(this.server));
		assertThat(stream.statusCode()).isEqualTo(200);
		assertThat(stream.body()).contains("data:{\"number\":1}");
		assertThat(stream.headers().allValues("Cache-Control")).containsExactly("no-cache, no-transform");
		assertThat(stream.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
	}

	@Test
	void postWithoutTheCsrfTokenIsForbidden() throws Exception {
		String cookie = logIn(this.server);
		assertThat(this.server.send("POST", "/hub", "", "Cookie", cookie).statusCode()).isEqualTo(403);
		assertThat(this.server.send("POST", "/hub", "", "Cookie", cookie, "X-CSRF-TOKEN", "wrong").statusCode())
			.isEqualTo(403);
	}

	@Test
	void streamWithoutCredentialsIsUnauthorizedWherePagesAreSentToTheLoginPage() throws Exception {
		try (Server both = Server.withSecurity(FormLoginForPages.class)) {
			HttpResponse<String> stream = both.get("/json", "Accept", EVENT_SOURCE);
			assertThat(stream.statusCode()).isEqualTo(401);
			assertThat(stream.headers().firstValue("Location")).isEmpty();
			assertThat(stream.headers().firstValue("WWW-Authenticate")).isEmpty();
			HttpResponse<String> page = both.get("/", "Accept", "text/html");
			assertThat(page.statusCode()).isEqualTo(302);
			assertThat(page.headers().firstValue("Location")).contains("/login");
			assertThat(both.get("/json", "Accept", EVENT_SOURCE, "Cookie", logIn(both)).statusCode()).isEqualTo(200);
		}
	}

	private static String logIn(Server server) throws Exception {
		HttpResponse<String> page = server.get("/login", "Accept", "text/html");
		Matcher token = CSRF.matcher(page.body());
		assertThat(token.find()).as("a form with a token").isTrue();
		HttpResponse<String> answer = server.send("POST", "/login",
				"username=ann&password=secret&_csrf=" + token.group(1), "Cookie", session(page), "Content-Type",
				"application/x-www-form-urlencoded");
		assertThat(answer.headers().firstValue("Location")).contains("/");
		return session(answer);
	}

	private static String session(HttpResponse<?> response) {
		return response.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Feeds.class)
	static class FormLogin {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().authenticated())
				.formLogin(Customizer.withDefaults())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Feeds.class)
	static class FormLoginForPages {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().authenticated())
				.formLogin(Customizer.withDefaults())
				.httpBasic((basic) -> basic
					.authenticationEntryPoint(new HttpStatusServerEntryPoint(HttpStatus.UNAUTHORIZED)))
				.build();
		}

	}

}
