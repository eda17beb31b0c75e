package io.github.sse4spring.demo;

import java.time.Duration;
import java.util.stream.Collectors;

import io.github.sse4spring.SseEvent;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@AutoConfigureWebTestClient
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class DemoApplicationTests {

	@Autowired
	private WebTestClient client;

	@Test
	void counterStartsAtOne() {
		StepVerifier.create(events("/events/counter", "").take(1))
			.expectNext(SseEvent.text("1").withId("1"))
			.expectComplete()
			.verify(Duration.ofSeconds(10));
	}

	@Test
	void counterGoesOnAfterTheLastEventId() {
		StepVerifier.create(events("/events/counter", "41").take(2))
			.expectNext(SseEvent.text("42").withId("42"), SseEvent.text("43").withId("43"))
			.expectComplete()
			.verify(Duration.ofSeconds(10));
	}

	@Test
	void tokensAreTheAnswer() {
		String answer = this.client.get()
			.uri("/tokens")
			.exchange()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		String tokens = events("/events/tokens", "").map((event) -> (String) event.data())
			.collect(Collectors.joining())
			.block(Duration.ofSeconds(20));
		assertThat(tokens).isEqualTo(answer);
	}

	@Test
	void pageNamesNoOtherHost() {
		for (String path : new String[] { "/index.html", "/job.html", "/prices.html", "/dashboard.html", "/demo.js",
				"/job.js", "/prices.js", "/dashboard.js", "/page.js", "/demo.css" }) {
			this.client.get()
				.uri(path)
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody(String.class)
				.value((text) -> assertThat(text).doesNotContain("http://", "https://", "src=\"/", "href=\"/"));
		}
	}

	private Flux<SseEvent> events(String path, String lastEventId) {
		return this.client.get()
			.uri(path)
			.header("Last-Event-ID", lastEventId)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(SseEvent.class)
			.getResponseBody();
	}

}
