package io.github.sse4spring.jmh;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.codec.SseEventDecoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * Bytes into events.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodeBenchmark {

	private static final int EVENTS = 100;

	private static final ResolvableType TYPE = ResolvableType.forClass(SseEvent.class);

	private final byte[] bytes = ("event:e\ndata:" + "x".repeat(100) + "\nid:abcdefgh-1\n\n").repeat(EVENTS)
		.getBytes(StandardCharsets.UTF_8);

	private final SseEventDecoder decoder = new SseEventDecoder(JsonMapper.shared());

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public Long decode() {
		return this.decoder
			.decode(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(this.bytes)), TYPE, null, Map.of())
			.count()
			.blockOptional()
			.orElseThrow();
	}

}
