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
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.ServerSentEventHttpMessageReader;

/**
 * Decodes bytes into events, compared with the reader of Spring.
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

	private static final ResolvableType TYPE_OF_SPRING = ResolvableType.forClassWithGenerics(ServerSentEvent.class,
			String.class);

	private final byte[] bytes = ("event:e\ndata:" + "x".repeat(100) + "\nid:abcdefgh-1\n\n").repeat(EVENTS)
		.getBytes(StandardCharsets.UTF_8);

	private final SseEventDecoder decoder = new SseEventDecoder(JsonMapper.shared());

	private final ServerSentEventHttpMessageReader spring = new ServerSentEventHttpMessageReader();

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public Long decode() {
		return this.decoder.decode(body(), TYPE, null, Map.of()).count().blockOptional().orElseThrow();
	}

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public Long spring() {
		return this.spring.read(TYPE_OF_SPRING, new Response(body()), Map.of()).count().blockOptional().orElseThrow();
	}

	private Flux<DataBuffer> body() {
		return Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(this.bytes));
	}

	/**
	 * The response that Spring reads from.
	 *
	 * @param getBody the bytes
	 */
	private record Response(Flux<DataBuffer> getBody) implements ReactiveHttpInputMessage {

		@Override
		public HttpHeaders getHeaders() {
			return HttpHeaders.EMPTY;
		}

	}

}
