package io.github.sse4spring.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The server of the {@link Scale}: the hub with any number of topics. It measures how
 * long each publish takes.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class ScaleServer {

	private final Histogram latency = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(10), 3);

	private final SseHub hub;

	ScaleServer(SseHub hub) {
		this.hub = hub;
	}

	/**
	 * Start the server, and print the port.
	 * @param args none
	 */
	public static void main(String[] args) {
		FanOutServer.run(ScaleServer.class, "reactive");
	}

	@GetMapping("/events")
	Flux<SseEvent> events(@RequestParam int topic, @RequestParam int each) {
		List<String> topics = IntStream.range(topic, topic + each).mapToObj(Integer::toString).toList();
		return this.hub.subscribe(SseSubscription.to(topics));
	}

	@GetMapping("/publish")
	String publish(Publishing publishing, @RequestParam int topics, @RequestParam(defaultValue = "1") int burst) {
		publishing.start((number) -> {
			for (int i = 0; i < burst; i++) {
				publish(number * burst + i, topics, publishing.payload());
			}
		});
		return "ok";
	}

	private void publish(long number, int topics, Payload payload) {
		SseEvent event = SseEvent.text(payload.text(number));
		String topic = Long.toString(number % topics);
		long start = System.nanoTime();
		this.hub.publish(topic, event);
		this.latency.recordValue(System.nanoTime() - start);
	}

	@GetMapping("/forget")
	String forget() {
		this.latency.reset();
		return "ok";
	}

	@GetMapping("/latency")
	String latency() {
		return "%d | %d | %d | %d".formatted(this.latency.getTotalCount(), this.latency.getValueAtPercentile(50),
				this.latency.getValueAtPercentile(99), this.latency.getMaxValue());
	}

}
