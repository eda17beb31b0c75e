package io.github.sse4spring.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnections;
import io.netty.util.internal.PlatformDependent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The server of the {@link Soak}: an idle topic, an active one, and what it costs.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(SoakServer.Feeds.class)
public class SoakServer {

	private static final int EVENTS_PER_SECOND = 20;

	/**
	 * Start, and print the port.
	 * @param args none
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	public static void main(String[] args) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(SoakServer.class)
			.properties("server.port=0", FanOutServer.NETTY, "spring.main.web-application-type=reactive",
					"spring.main.banner-mode=off", "logging.level.root=warn", "sse.stream.stall-timeout=10s",
					"sse.keep-alive.max-interval=5s", "sse.limits.max-connections=20000")
			.run();
		SseHub hub = context.getBean(SseHub.class);
		AtomicLong number = new AtomicLong();
		ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
		SseEvent heavy = SseEvent.text("x".repeat(4000));
		publisher.scheduleAtFixedRate(() -> hub.publish("heavy", heavy), 0, 1_000_000 / EVENTS_PER_SECOND,
				TimeUnit.MICROSECONDS);
		publisher.scheduleAtFixedRate(
				() -> hub.publish("active", SseEvent.text(Payload.TEXT.text(number.getAndIncrement()))), 0,
				1_000_000 / EVENTS_PER_SECOND, TimeUnit.MICROSECONDS);
		System.out.println("port " + ((ReactiveWebServerApplicationContext) context).getWebServer().getPort());
	}

	/**
	 * The streams, and the figures.
	 */
	@RestController
	static class Feeds {

		private final SseHub hub;

		private final SseConnections connections;

		Feeds(SseHub hub, SseConnections connections) {
			this.hub = hub;
			this.connections = connections;
		}

		@GetMapping("/idle")
		Flux<SseEvent> idle() {
			return this.hub.subscribe("idle");
		}

		/** So much that who does not read it stalls soon. */
		@GetMapping("/heavy")
		Flux<SseEvent> heavy() {
			return this.hub.subscribe("heavy");
		}

		@GetMapping("/active")
		Flux<SseEvent> active() {
			return this.hub.subscribe("active");
		}

		@GetMapping("/figures")
		Mono<String> figures() {
			return Mono.fromSupplier(this::measure).subscribeOn(Schedulers.boundedElastic());
		}

		private String measure() {
			System.gc();
			System.gc();
			UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
			return "%d %d %d %d %d %d".formatted(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
					PlatformDependent.usedDirectMemory(), ManagementFactory.getThreadMXBean().getThreadCount(),
					system.getOpenFileDescriptorCount(), this.connections.list().size(),
					this.hub.snapshot().subscribers());
		}

	}

}
