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
 * The server of the {@link Memory}: streams on which nothing is published, of this hub
 * and of plain WebFlux.
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
	 * Start, and print the port.
	 * @param args none
	 */
	public static void main(String[] args) {
		FanOutServer.run(MemoryServer.class, "reactive", "sse.keep-alive.max-interval=" + INTERVAL);
	}

	/** With keep-alive, as it is by default. */
	@GetMapping("/hub")
	Flux<SseEvent> hub() {
		return this.hub.subscribe("idle");
	}

	/** With what most people write to the same end. */
	@GetMapping("/sinks-interval")
	Flux<ServerSentEvent<String>> sinkWithInterval() {
		return Flux.merge(sink(), Flux.interval(INTERVAL).map((tick) -> comment("")));
	}

	/** A comment comes first, so that the headers go out. */
	@GetMapping("/sinks")
	Flux<ServerSentEvent<String>> sink() {
		return this.sink.asFlux().startWith(comment(""));
	}

	private static ServerSentEvent<String> comment(String text) {
		return ServerSentEvent.<String>builder().comment(text).build();
	}

	/** What is used after a collection. */
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
