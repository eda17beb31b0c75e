package io.github.sse4spring.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The server of the {@link Memory}: idle streams of this hub and of plain WebFlux.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class MemoryServer {

	static final Duration INTERVAL = Duration.ofSeconds(15);

	private final Sinks.Many<ServerSentEvent<String>> sink = Sinks.many().multicast().directBestEffort();

	private final SseHub hub;

	MemoryServer(SseHub hub) {
		this.hub = hub;
	}

	/**
	 * Start the server, and print the port.
	 * @param args none
	 */
	public static void main(String[] args) {
		FanOutServer.run(MemoryServer.class, "reactive", "sse.keep-alive.max-interval=" + INTERVAL);
	}

	/** A stream with the default keep-alive. */
	@GetMapping("/hub")
	Flux<SseEvent> hub() {
		return this.hub.subscribe("idle");
	}

	/** A stream with a typical hand-written keep-alive. */
	@GetMapping("/sinks-interval")
	Flux<ServerSentEvent<String>> sinkWithInterval() {
		return Flux.merge(sink(), Flux.interval(INTERVAL).map((tick) -> comment("")));
	}

	/**
	 * A stream without a keep-alive. The first comment makes the server write the
	 * headers.
	 */
	@GetMapping("/sinks")
	Flux<ServerSentEvent<String>> sink() {
		return this.sink.asFlux().startWith(comment(""));
	}

	private static ServerSentEvent<String> comment(String text) {
		return ServerSentEvent.<String>builder().comment(text).build();
	}

	/** Return the used heap after a collection. */
	@GetMapping("/heap")
	Mono<String> heap() {
		return Mono.fromSupplier(() -> Long.toString(usedHeap())).subscribeOn(Schedulers.boundedElastic());
	}

	static long usedHeap() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
