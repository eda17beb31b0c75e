package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

import ch.rasc.sse.eventbus.ClientEvent;
import ch.rasc.sse.eventbus.DataObjectConverter;
import ch.rasc.sse.eventbus.SseEvent;
import ch.rasc.sse.eventbus.SseEventBus;
import ch.rasc.sse.eventbus.config.EnableSseEventBus;
import ch.rasc.sse.eventbus.config.SseEventBusConfigurer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The library sse-eventbus, used as its README describes. It brings Jackson 2, which
 * Spring Boot no longer configures, so this server uses Jackson 3. An object is encoded
 * once for all clients. The queue is bounded: a publisher waits instead of filling the
 * heap. A client that is gone is removed at once instead of after 40 attempts.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableSseEventBus
@RestController
class EventBusServer {

	private final ObjectProvider<SseEventBus> bus;

	private final AtomicLong clients = new AtomicLong();

	EventBusServer(ObjectProvider<SseEventBus> bus) {
		this.bus = bus;
	}

	@GetMapping("/events")
	SseEmitter events() throws IOException {
		String client = Long.toString(this.clients.incrementAndGet());
		SseEventBus bus = this.bus.getObject();
		SseEmitter emitter = bus.createSseEmitter(client, 0L, SseEvent.DEFAULT_EVENT);
		emitter.onCompletion(() -> bus.unregisterClient(client));
		emitter.send(SseEmitter.event().comment(""));
		return emitter;
	}

	@GetMapping("/publish")
	String publish(Publishing publishing) {
		SseEventBus bus = this.bus.getObject();
		publishing.start((number) -> bus.handleEvent(
				SseEvent.builder().id(Payload.digits(number)).data(publishing.payload().data(number)).build()));
		return "ok";
	}

	/**
	 * The configuration of the library.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Bounds implements SseEventBusConfigurer {

		@Override
		public int noOfSendResponseTries() {
			return 1;
		}

		@Override
		public BlockingQueue<ClientEvent> sendQueue() {
			return new LinkedBlockingQueue<>(100_000);
		}

		@Bean
		DataObjectConverter converter(JsonMapper mapper) {
			return new Converter(mapper);
		}

	}

	/**
	 * Converts objects to JSON.
	 *
	 * @param mapper the mapper of the application
	 */
	private record Converter(JsonMapper mapper) implements DataObjectConverter {

		@Override
		public boolean supports(SseEvent event) {
			return !(event.data() instanceof String);
		}

		@Override
		public String convert(SseEvent event) {
			return this.mapper.writeValueAsString(event.data());
		}

	}

}
