package io.github.sse4spring.jmh;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.codec.SseEventEncoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.ServerSentEventHttpMessageWriter;
import org.springframework.http.codec.json.JacksonJsonEncoder;

/**
 * Encodes one event into bytes. It compares this with the time that Jackson alone needs
 * for the value, and with the time that the writer of Spring needs for one event of many.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EncodeBenchmark {

	private static final int EVENTS = 100;

	private static final ResolvableType OF_TEXT = ResolvableType.forClassWithGenerics(ServerSentEvent.class,
			String.class);

	private static final ResolvableType OF_VALUE = ResolvableType.forClassWithGenerics(ServerSentEvent.class,
			Map.class);

	private final JsonMapper mapper = JsonMapper.shared();

	private final SseEventEncoder encoder = new SseEventEncoder(this.mapper);

	private final ServerSentEventHttpMessageWriter spring = new ServerSentEventHttpMessageWriter(
			new JacksonJsonEncoder(this.mapper));

	/** Length of the text, in characters. */
	@Param({ "64", "1024", "65536" })
	public int length;

	private String text = "";

	private String lines = "";

	private Map<String, String> value = Map.of();

	/** Create the texts. */
	@Setup
	public void prepare() {
		this.text = "x".repeat(this.length);
		this.lines = "1234567\n".repeat(this.length / 8);
		this.value = Map.of("text", this.text);
	}

	@Benchmark
	public byte[] text() {
		return this.encoder.encode(SseEvent.text(this.text));
	}

	@Benchmark
	public byte[] textOfManyLines() {
		return this.encoder.encode(SseEvent.text(this.lines));
	}

	@Benchmark
	public byte[] json() {
		return this.encoder.encode(SseEvent.json(this.value));
	}

	@Benchmark
	public byte[] jacksonAlone() {
		return this.mapper.writeValueAsBytes(this.value);
	}

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public long springText() {
		return spring(this.text, OF_TEXT);
	}

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public long springTextOfManyLines() {
		return spring(this.lines, OF_TEXT);
	}

	@Benchmark
	@OperationsPerInvocation(EVENTS)
	public long springJson() {
		return spring(this.value, OF_VALUE);
	}

	private long spring(Object data, ResolvableType type) {
		Written written = new Written();
		Flux<ServerSentEvent<Object>> events = Flux.range(0, EVENTS)
			.map((number) -> ServerSentEvent.builder().data(data).build());
		this.spring.write(events, type, MediaType.TEXT_EVENT_STREAM, written, Map.of()).block();
		return written.bytes();
	}

}
