package io.github.sse4spring.autoconfigure;

import java.time.Duration;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.autoconfigure.WebFluxSliceTests.News;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Checks that a slice has the hub and the codecs, and that its hub can be mocked.
 */
@WebFluxTest(controllers = News.class)
class WebFluxSliceTests {

	@Autowired
	private WebTestClient client;

	@MockitoBean
	private SseHub hub;

	@Test
	void controllerStreamsTheEventsOfTheHub() {
		BDDMockito.given(this.hub.subscribe("news")).willReturn(Flux.just(SseEvent.text("extra").withId("1")));
		Flux<SseEvent> events = this.client.get()
			.uri("/news")
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(SseEvent.class)
			.getResponseBody();
		StepVerifier.create(events)
			.expectNext(SseEvent.text("extra").withId("1"))
			.expectComplete()
			.verify(Duration.ofSeconds(10));
	}

	@RestController
	static class News {

		private final SseHub hub;

		News(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/news")
		Flux<SseEvent> news() {
			return this.hub.subscribe("news");
		}

	}

	@SpringBootConfiguration
	@Import(News.class)
	static class Application {

	}

}
