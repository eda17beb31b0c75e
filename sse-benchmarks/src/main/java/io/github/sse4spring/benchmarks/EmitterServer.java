package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A typical implementation on Spring MVC: a list of {@code SseEmitter}s.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class EmitterServer {

	private final List<SseEmitter> emitters = new CopyOnWriteArrayList<>();

	@GetMapping("/events")
	SseEmitter events() throws IOException {
		SseEmitter emitter = new SseEmitter(0L);
		this.emitters.add(emitter);
		emitter.onCompletion(() -> this.emitters.remove(emitter));
		emitter.send(SseEmitter.event().comment(""));
		return emitter;
	}

	@GetMapping("/publish")
	String publish(Publishing publishing) {
		publishing.start((number) -> send(Payload.digits(number), publishing.payload().data(number)));
		return "ok";
	}

	private void send(String id, Object data) {
		for (SseEmitter emitter : this.emitters) {
			try {
				emitter.send(SseEmitter.event().id(id).data(data));
			}
			catch (IOException | IllegalStateException ex) {
				this.emitters.remove(emitter);
			}
		}
	}

}
