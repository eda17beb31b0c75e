package io.github.sse4spring.webflux;

import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.Locale;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.RawClient;
import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Data that a filter stores for a request reaches the flux of the application. This
 * applies to the context and, with {@code spring.reactor.context-propagation=auto}, to
 * thread locals.
 */
@Timeout(30)
class ContextTests {

	private static final String KEY = "user";

	private ConfigurableApplicationContext context;

	private SseHub hub;

	@BeforeEach
	void start() {
		ContextRegistry.getInstance()
			.registerThreadLocalAccessor(KEY, () -> MDC.get(KEY), (value) -> MDC.put(KEY, value),
					() -> MDC.remove(KEY));
		this.context = StreamApplication.run(Server.class, "spring.reactor.context-propagation=auto");
		this.hub = this.context.getBean(SseHub.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
		Hooks.disableAutomaticContextPropagation();
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
	}

	private String firstData(String path) throws IOException {
		try (RawClient client = RawClient.get(StreamApplication.port(this.context), path, "Accept-Language: de")) {
			if (path.contains("hub")) {
				await().atMost(Duration.ofSeconds(5)).until(() -> this.hub.snapshot().subscribers() == 1);
				this.hub.publish("news", SseEvent.text("x"));
			}
			return EventStream.data(client.readUntil("\n\n") + client.readUntil("\n\n") + client.readUntil("\n\n"))
				.get(0);
		}
	}

	@Test
	void contextOfTheRequestReachesTheFlux() throws IOException {
		assertThat(firstData("/context/plain")).isEqualTo("ann");
	}

	@Test
	void principalAndLocaleAreThoseOfTheRequest() throws IOException {
		assertThat(firstData("/context/arguments")).isEqualTo("ann de");
	}

	@Test
	void threadLocalsReachTheOperatorsBehindTheHub() throws IOException {
		assertThat(firstData("/context/hub")).isEqualTo("ann");
	}

	@Test
	void threadLocalsReachTheOperatorsOnOtherThreads() throws IOException {
		assertThat(firstData("/context/hub-elsewhere")).isEqualTo("ann");
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class })
	static class Server {

		@Bean
		WebFilter user() {
			Principal principal = () -> "ann";
			return (exchange, chain) -> chain.filter(exchange.mutate().principal(Mono.just(principal)).build())
				.contextWrite((context) -> context.put(KEY, "ann"));
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/context/plain")
		Flux<SseEvent> plain() {
			return Flux.deferContextual((context) -> Flux.just(SseEvent.text(context.<String>get(KEY)), last()));
		}

		@GetMapping("/context/arguments")
		Flux<SseEvent> arguments(Principal principal, Locale locale) {
			return Flux.just(SseEvent.text(principal.getName() + " " + locale), last());
		}

		@GetMapping("/context/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news").map((event) -> SseEvent.text(String.valueOf(MDC.get(KEY))));
		}

		@GetMapping("/context/hub-elsewhere")
		Flux<SseEvent> hubElsewhere() {
			return this.hub.subscribe("news")
				.publishOn(Schedulers.parallel())
				.map((event) -> SseEvent.text(String.valueOf(MDC.get(KEY))));
		}

		private static SseEvent last() {
			return SseEvent.text("last");
		}

	}

}
