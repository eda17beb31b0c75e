package io.github.sse4spring.benchmarks;

import io.github.sse4spring.benchmarks.Payload.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A typical implementation on WebFlux: {@code Sinks} and {@code ServerSentEvent}.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class SinkServer {

	private final Sinks.Many<ServerSentEvent<String>> texts = Sinks.many().multicast().directBestEffort();

	private final Sinks.Many<ServerSentEvent<Update>> updates = Sinks.many().multicast().directBestEffort();

	@GetMapping(path = "/events", params = "payload=TEXT")
	Flux<ServerSentEvent<String>> texts() {
		return Flux.merge(Flux.just(ServerSentEvent.<String>builder().comment("").build()), this.texts.asFlux());
	}

	@GetMapping(path = "/events", params = "payload=JSON")
	Flux<ServerSentEvent<Update>> updates() {
		return Flux.merge(Flux.just(ServerSentEvent.<Update>builder().comment("").build()), this.updates.asFlux());
	}

	@GetMapping("/publish")
	String publish(Publishing publishing) {
		publishing.start((number) -> {
			Object data = publishing.payload().data(number);
			if (data instanceof Update update) {
				this.updates.tryEmitNext(event(number, update));
			}
			else {
				this.texts.tryEmitNext(event(number, data.toString()));
			}
		});
		return "ok";
	}

	private static <T> ServerSentEvent<T> event(long number, T data) {
		return ServerSentEvent.<T>builder().id(Payload.digits(number)).data(data).build();
	}

}
