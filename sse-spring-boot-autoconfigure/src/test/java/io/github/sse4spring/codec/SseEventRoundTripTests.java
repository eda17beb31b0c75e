package io.github.sse4spring.codec;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.EventStream.Block;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Any event either comes back as it was, or is refused with its field named.
 */
class SseEventRoundTripTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final SseEventDecoder decoder = new SseEventDecoder(JSON);

	@Property
	void eventComesBackAsItWasOrIsRefusedWithTheFieldNamed(@ForAll("fields") Fields fields,
			@ForAll boolean spaceAfterColon) {
		SseEvent event;
		try {
			event = fields.toEvent();
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex.getMessage()).containsPattern("^(id|name|data|retry|comment) ");
			return;
		}
		byte[] bytes = new SseEventEncoder(JSON, spaceAfterColon).encode(event);
		assertThat(EventStream.parse(new String(bytes, StandardCharsets.UTF_8))).containsExactly(fields.toBlock());
	}

	@Property
	void jsonComesBackAsItWas(@ForAll("texts") String value) {
		try {
			byte[] bytes = new SseEventEncoder(JSON).encode(SseEvent.json(List.of(value)));
			Block block = EventStream.parse(new String(bytes, StandardCharsets.UTF_8)).get(0);
			assertThat(JSON.readValue(block.data(), String[].class)).containsExactly(value);
		}
		catch (io.github.sse4spring.SseEncodingException ex) {
			assertThat(ex).hasMessageContaining("data of type").hasMessageContaining("surrogate");
		}
	}

	@Property(tries = 300)
	void decoderDispatchesWhatTheOracleSeesHoweverTheStreamIsCut(@ForAll("streams") String stream,
			@ForAll("cuts") List<Integer> cuts) {
		List<SseEvent> events = Flux
			.from(this.decoder.decode(chunks(stream, cuts), ResolvableType.forClass(SseEvent.class), null, null))
			.collectList()
			.block(Duration.ofSeconds(5));
		assertThat(events).extracting(SseEvent::data).containsExactlyElementsOf(EventStream.data(stream));
	}

	private static Publisher<DataBuffer> chunks(String stream, List<Integer> cuts) {
		byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
		return Flux.<DataBuffer, int[]>generate(() -> new int[2], (state, sink) -> {
			if (state[0] == bytes.length) {
				sink.complete();
				return state;
			}
			int length = Math.min(cuts.get(state[1]++ % cuts.size()), bytes.length - state[0]);
			sink.next(DefaultDataBufferFactory.sharedInstance
				.wrap(java.util.Arrays.copyOfRange(bytes, state[0], state[0] + length)));
			state[0] += length;
			return state;
		});
	}

	@Provide
	Arbitrary<Fields> fields() {
		return Combinators
			.combine(nullable(texts()), nullable(texts()), nullable(texts()), nullable(texts()),
					nullable(Arbitraries.longs().greaterOrEqual(-1000)))
			.as(Fields::new);
	}

	@Provide
	Arbitrary<String> texts() {
		return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(3, Arbitraries.strings().ofMaxLength(140)),
				net.jqwik.api.Tuple.of(5, Arbitraries.strings()
					.withChars(' ', '\n', '\r', ':', 'a', '\t', '\0', '\uFEFF', '\u2028', '\uD83D', '\uDC4B', 'é')
					.ofMaxLength(12)),
				net.jqwik.api.Tuple.of(2, Arbitraries.strings().alpha().ofMaxLength(10)));
	}

	@Provide
	Arbitrary<String> streams() {
		return Arbitraries
			.of("data", "event", "id", "retry", "dat", "", ":", ": ", " ", "\n", "\r", "\r\n", "\n\n", "x", "1", "é",
					"👋", "\uFEFF", "\0", "data:a\n\n", "data: b\r\rid:7\n", "\n\r\n")
			.list()
			.ofMaxSize(40)
			.map((parts) -> String.join("", parts));
	}

	@Provide
	Arbitrary<List<Integer>> cuts() {
		return Arbitraries.integers().between(1, 9).list().ofMinSize(1).ofMaxSize(8);
	}

	private static <T> Arbitrary<@Nullable T> nullable(Arbitrary<T> values) {
		return values.injectNull(0.3);
	}

	record Fields(@Nullable String comment, @Nullable String name, @Nullable String data, @Nullable String id,
			@Nullable Long retry) {

		SseEvent toEvent() {
			SseEvent.Builder event = SseEvent.builder();
			if (this.comment != null) {
				event.comment(this.comment);
			}
			if (this.name != null) {
				event.name(this.name);
			}
			if (this.data != null) {
				event.text(this.data);
			}
			if (this.id != null) {
				event.id(this.id);
			}
			if (this.retry != null) {
				event.retry(Duration.ofMillis(this.retry));
			}
			return event.build();
		}

		Block toBlock() {
			return new Block(lines(this.comment), this.name, lines(this.data), this.id, this.retry);
		}

		private static @Nullable String lines(@Nullable String text) {
			return (text != null) ? text.replace("\r\n", "\n").replace('\r', '\n') : null;
		}

	}

}
