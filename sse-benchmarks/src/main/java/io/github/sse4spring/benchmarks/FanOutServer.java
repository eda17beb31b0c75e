package io.github.sse4spring.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The servers of the {@link FanOut} that are Spring applications: each has the streams at
 * {@code /events} and publishes when {@code /publish} is asked for.
 */
public final class FanOutServer {

	/** Tomcat is here for the emitters only. */
	static final String NETTY = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration";

	private FanOutServer() {
	}

	/**
	 * Start, and print the port.
	 * @param args which server
	 * @throws Exception if it does not start
	 */
	public static void main(String[] args) throws Exception {
		switch (args[0]) {
			case "hub" -> run(Hub.class, "reactive");
			case "hub-operators" -> run(HubWithOperators.class, "reactive");
			case "hub-not-fused" -> run(HubNotFused.class, "reactive");
			case "hub-metered" -> run(HubWithMeters.class, "reactive");
			case "hub-close" -> run(Hub.class, "reactive", "sse.stream.framing=close");
			case "sinks" -> run(SinkOfServerSentEvents.class, "reactive");
			case "emitters" -> run(Emitters.class, "servlet");
			case "netty" -> NettyFanOutServer.run(true);
			case "netty-close" -> NettyFanOutServer.run(false);
			default -> throw new IllegalArgumentException("Unknown server " + args[0]);
		}
	}

	private static void run(Class<?> server, String type, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of(NETTY, "server.port=0", "spring.main.web-application-type=" + type,
				"spring.main.banner-mode=off", "logging.level.root=warn", "sse.limits.max-connections=20000",
				"spring.main.lazy-initialization=false", "server.tomcat.max-connections=20000"));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(server)
			.properties(all.toArray(String[]::new))
			.run();
		System.out.println("port " + ((WebServerApplicationContext) context).getWebServer().getPort());
	}

	/** Publish texts at an even rate, on a thread of its own. */
	static void publish(int rate, int count, Consumer<String> publisher) {
		Thread thread = new Thread(() -> {
			long start = System.nanoTime();
			for (int i = 0; i < count; i++) {
				publisher.accept(Payload.text(i));
				long next = start + (i + 1) * 1_000_000_000L / rate;
				while (System.nanoTime() < next) {
					LockSupport.parkNanos(next - System.nanoTime());
				}
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * The hub as the README says.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Hub {

		private final SseHub hub;

		Hub(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/events")
		Flux<SseEvent> events() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/publish")
		String publish(@RequestParam int rate, @RequestParam int count) {
			FanOutServer.publish(rate, count, (text) -> this.hub.publish("news", SseEvent.text(text)));
			return "ok";
		}

	}

	/**
	 * The hub, behind operators of the user.
	 */
	static class HubWithOperators extends Hub {

		HubWithOperators(SseHub hub) {
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
	static class HubWithMeters extends Hub {

		HubWithMeters(SseHub hub) {
			super(hub);
		}

		/**
		 * Where the meters are.
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
	 * The hub, behind an operator that nobody can see through.
	 */
	static class HubNotFused extends Hub {

		HubNotFused(SseHub hub) {
			super(hub);
		}

		@Override
		@GetMapping("/events")
		Flux<SseEvent> events() {
			return super.events().hide();
		}

	}

	/**
	 * What people write today.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class SinkOfServerSentEvents {

		private final Sinks.Many<ServerSentEvent<String>> sink = Sinks.many().multicast().directBestEffort();

		@GetMapping("/events")
		Flux<ServerSentEvent<String>> events() {
			return Flux.merge(Flux.just(ServerSentEvent.<String>builder().comment("").build()), this.sink.asFlux());
		}

		@GetMapping("/publish")
		String publish(@RequestParam int rate, @RequestParam int count) {
			FanOutServer.publish(rate, count, (text) -> this.sink
				.tryEmitNext(ServerSentEvent.<String>builder().id(text.substring(1, 17)).data(text).build()));
			return "ok";
		}

	}

	/**
	 * What people write on Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Emitters {

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
		String publish(@RequestParam int rate, @RequestParam int count) {
			FanOutServer.publish(rate, count, this::send);
			return "ok";
		}

		private void send(String text) {
			for (SseEmitter emitter : this.emitters) {
				try {
					emitter.send(SseEmitter.event().id(text.substring(1, 17)).data(text));
				}
				catch (IOException | IllegalStateException ex) {
					this.emitters.remove(emitter);
				}
			}
		}

	}

}
