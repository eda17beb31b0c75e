package io.github.sse4spring.webflux;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.Places;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreams;
import io.github.sse4spring.testsupport.FaultProxy;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The streams on Tomcat, as seen by a client.
 */
@ExtendWith(OutputCaptureExtension.class)
class TomcatEventStreamTests extends AbstractEventStreamTests {

	TomcatEventStreamTests() {
		super(TomcatServer.class);
	}

	@Test
	void clientThatReadsIsNoStallHoweverQuietItsStreamIs() throws IOException {
		try (ConfigurableApplicationContext context = StreamApplication.run(TomcatServer.class,
				"sse.stream.stall-timeout=300ms", "sse.keep-alive.max-interval=100ms");
				RawClient client = RawClient.get(StreamApplication.port(context), "/silent")) {
			client.readUntil("\n\n");
			for (int i = 0; i < 15; i++) {
				assertThat(client.readUntil("\n\n")).isEqualTo(":\n\n");
			}
		}
	}

	@Test
	void largeEventOnASlowLineIsNoStall() throws IOException {
		try (ConfigurableApplicationContext context = StreamApplication.run(TomcatServer.class,
				"sse.stream.stall-timeout=1s"); FaultProxy network = FaultProxy.to(StreamApplication.port(context))) {
			network.throttle(3_000_000);
			try (RawClient client = RawClient.get(network.port(), "/tomcat/large")) {
				assertThat(client.readToEnd()).endsWith("id:sse-end\n\n").hasSizeGreaterThan(8 * 1024 * 1024);
			}
		}
	}

	@Test
	void listenerThatThrowsAnErrorLeavesNoStreamBehind() throws IOException {
		try (ConfigurableApplicationContext context = StreamApplication.run(FailingServer.class)) {
			try (RawClient client = RawClient.get(StreamApplication.port(context), "/finite")) {
				assertThat(client.readToEnd()).endsWith("id:sse-end\n\n");
			}
			await().until(() -> context.getBean(SseConnections.class).count() == 0
					&& Places.of(context.getBean(SseStreams.class)).taken() == 0);
		}
	}

	@Test
	void clientThatDoesNotReadIsClosedHereToo(CapturedOutput output) throws IOException {
		try (ConfigurableApplicationContext context = StreamApplication.run(TomcatServer.class,
				"sse.stream.stall-timeout=500ms")) {
			SseConnections connections = context.getBean(SseConnections.class);
			SseHub hub = context.getBean(SseHub.class);
			RawClient client = RawClient.notReading(StreamApplication.port(context), "/tomcat/hub");
			await().until(() -> hub.snapshot().subscribers() == 1);
			IntStream.range(0, 200).forEach((i) -> hub.publish("news", SseEvent.text("x".repeat(100_000))));
			await().atMost(Duration.ofSeconds(20)).until(() -> connections.list().isEmpty());
			assertThat(hub.snapshot().subscribers()).isZero();
			client.close();
			assertThat(output).doesNotContain("ERROR", "\tat ");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Feed.class)
	static class TomcatServer {

		@Bean
		TomcatReactiveWebServerFactory server() {
			return new TomcatReactiveWebServerFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ TomcatServer.class, FailingListener.class })
	static class FailingServer {

	}

	@RestController
	static class Feed {

		private final SseHub hub;

		Feed(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/tomcat/large")
		Flux<SseEvent> large() {
			return Flux.just(SseEvent.text("x".repeat(8 * 1024 * 1024)));
		}

		@GetMapping("/tomcat/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

	}

}
