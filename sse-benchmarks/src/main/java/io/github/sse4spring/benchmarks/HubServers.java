package io.github.sse4spring.benchmarks;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The servers of the {@link FanOut} that use this hub.
 */
final class HubServers {

	private HubServers() {
	}

	static SseEvent event(Object data) {
		return (data instanceof String text) ? SseEvent.text(text) : SseEvent.json(data);
	}

	/**
	 * The hub, used as in the README.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Plain {

		private final SseHub hub;

		Plain(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/events")
		Flux<SseEvent> events() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/publish")
		String publish(Publishing publishing) {
			publishing.start((number) -> this.hub.publish("news", event(publishing.payload().data(number))));
			return "ok";
		}

	}

	/**
	 * The hub, with operators of the application.
	 */
	static class WithOperators extends Plain {

		WithOperators(SseHub hub) {
			super(hub);
		}

		@Override
		@GetMapping("/events")
		Flux<SseEvent> events() {
			return super.events().filter((event) -> event.data() != null).map((event) -> event).doOnNext((event) -> {
			});
		}

	}

	/**
	 * The hub, with all its meters.
	 */
	static class WithMeters extends Plain {

		WithMeters(SseHub hub) {
			super(hub);
		}

		/**
		 * Provides the registry of the meters.
		 */
		@Configuration(proxyBeanMethods = false)
		static class Registry {

			@Bean
			MeterRegistry registry() {
				return new SimpleMeterRegistry();
			}

		}

	}

	/**
	 * The hub, with an operator that the stream cannot see through.
	 */
	static class NotFused extends Plain {

		NotFused(SseHub hub) {
			super(hub);
		}

		@Override
		@GetMapping("/events")
		Flux<SseEvent> events() {
			return super.events().hide();
		}

	}

}
