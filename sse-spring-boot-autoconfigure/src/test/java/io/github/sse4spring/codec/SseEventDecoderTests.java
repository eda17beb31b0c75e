package io.github.sse4spring.codec;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ClientCodecConfigurer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SseEventDecoderTests {

	private static final ResolvableType EVENT = ResolvableType.forClass(SseEvent.class);

	private final SseEventDecoder decoder = new SseEventDecoder(JsonMapper.builder().build());

	@Test
	void blockWithDataIsAnEvent() {
		assertThat(decode("event:update\ndata:a\ndata: b\nid:1\nretry:5000\n\n")).containsExactly(
				SseEvent.builder().name("update").text("a\nb").id("1").retry(Duration.ofSeconds(5)).build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "data:a\n\ndata:b\n\n", "data:a\r\rdata:b\r\r", "data:a\r\n\r\ndata:b\r\n\r\n",
			"data:a\r\n\ndata:b\n\r\n", "\uFEFFdata:a\n\ndata:b\n\n" })
	void lineEndsAreCrLfAndBoth(String stream) {
		assertThat(decode(stream)).containsExactly(SseEvent.text("a"), SseEvent.text("b"));
	}

	@Test
	void oneByteOrderMarkIsDroppedAndASecondIsPartOfTheName() {
		assertThat(decode("\uFEFF\uFEFFdata:a\ndata:b\n\n")).containsExactly(SseEvent.text("b"));
	}

	@Test
	void blockWithoutDataIsNoEvent() {
		assertThat(decode(":c\n\nid:1\n\nretry:5\n\nevent:n\n\n\n\n")).isEmpty();
	}

	@Test
	void nameOfABlockWithoutDataIsForgotten() {
		assertThat(decode("event:n\n\ndata:a\n\n")).containsExactly(SseEvent.text("a"));
	}

	@Test
	void emptyNameIsAPlainMessage() {
		assertThat(decode("event:n\nevent:\ndata:a\n\n")).containsExactly(SseEvent.text("a"));
	}

	@Test
	void emptyDataIsAnEvent() {
		assertThat(decode("data\n\ndata:\ndata\n\n")).containsExactly(SseEvent.text(""), SseEvent.text("\n"));
	}

	@Test
	void truncatedBlockIsNoEvent() {
		assertThat(decode("data:a\n\ndata:b\n")).containsExactly(SseEvent.text("a"));
	}

	@Test
	void oneSpaceAfterTheColonIsDropped() {
		assertThat(decode("data: a\ndata:  b\ndata:\tc\n\n")).containsExactly(SseEvent.text("a\n b\n\tc"));
	}

	@Test
	void unknownFieldsAndOtherCaseAreIgnored() {
		assertThat(decode("DATA:a\nfoo:b\ndata :c\n data:d\ndata:e\n\n")).containsExactly(SseEvent.text("e"));
	}

	@Test
	void idPersistsUntilAnotherOrAnEmptyOne() {
		assertThat(decode("id:1\n\ndata:a\n\ndata:b\nid:2\n\ndata:c\n\nid\ndata:d\n\n")).containsExactly(
				SseEvent.text("a").withId("1"), SseEvent.text("b").withId("2"), SseEvent.text("c").withId("2"),
				SseEvent.text("d").withId(""));
	}

	@Test
	void idWithNulIsIgnored() {
		assertThat(decode("id:1\ndata:a\n\nid:2\0\ndata:b\n\n")).containsExactly(SseEvent.text("a").withId("1"),
				SseEvent.text("b").withId("1"));
	}

	@Test
	void idThatAnEventCannotHoldIsLeftOut() {
		assertThat(decode("id:" + "x".repeat(200) + "\ndata:a\n\n")).containsExactly(SseEvent.text("a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "1.5", "", "٣", "5s", "99999999999999999999", " 7 " })
	void retryThatIsNotDigitsIsIgnored(String retry) {
		assertThat(decode("retry:" + retry + "\ndata:a\n\n")).containsExactly(SseEvent.text("a"));
	}

	@Test
	void malformedUtf8IsReplaced() {
		byte[] stream = { 'd', 'a', 't', 'a', ':', (byte) 0xFF, '\n', '\n' };
		assertThat(decode(List.of(stream))).containsExactly(SseEvent.text("\uFFFD"));
	}

	@Test
	void everyCutOfTheStreamGivesTheSameEvents() {
		String stream = "\uFEFFdata:é👋\r\nid:1\r\n\r\nevent:n\rdata:b\r\rdata: c\n\n";
		byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
		List<SseEvent> whole = decode(stream);
		assertThat(whole).hasSize(3);
		for (int size = 1; size < bytes.length; size++) {
			assertThat(decode(cut(bytes, size))).as("chunks of %d bytes", size).isEqualTo(whole);
		}
	}

	@Test
	void eventAboveTheLimitIsAnErrorAfterThoseBefore() {
		Flux<SseEvent> events = decodeAll(this.decoder.withMaxEventSize(20), List
			.of("data:a\n\ndata:b\n\ndata:01234567890123456789\n\ndata:c\n\n".getBytes(StandardCharsets.UTF_8)));
		StepVerifier.create(events)
			.expectNext(SseEvent.text("a"), SseEvent.text("b"))
			.expectErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(DataBufferLimitException.class)
				.hasMessageContaining("exceeds 20 bytes")
				.hasMessageContaining("withMaxEventSize"))
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void limitCountsAllLinesOfAnEvent() {
		Flux<SseEvent> events = decodeAll(this.decoder.withMaxEventSize(20),
				List.of("data:1\ndata:2\ndata:3\ndata:4\n\n".getBytes(StandardCharsets.UTF_8)));
		StepVerifier.create(events).expectError(DataBufferLimitException.class).verify(Duration.ofSeconds(5));
	}

	@Test
	void limitOfNothingIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.decoder.withMaxEventSize(0))
			.withMessage("maxEventSize must be more than zero but is 0");
	}

	@Test
	void largeEventIsReadInLinearTime() {
		String data = "x".repeat(1024 * 1024);
		assertThat(decode(cut(("data:" + data + "\n\n").getBytes(StandardCharsets.UTF_8), 100)))
			.containsExactly(SseEvent.text(data));
	}

	@Test
	void dataIsReadBackAsItsType() {
		assertThat(this.decoder.read(SseEvent.text("{\"n\":1}"), Order.class)).isEqualTo(new Order(1));
		assertThat(this.decoder.read(SseEvent.json(new Order(1)), Order.class)).isEqualTo(new Order(1));
		assertThat(this.decoder.read(SseEvent.text("null"), Order.class)).isNull();
		assertThat(this.decoder.read(SseEvent.text("[{\"n\":1}]"), new ParameterizedTypeReference<List<Order>>() {
		})).containsExactly(new Order(1));
	}

	@ParameterizedTest
	@CsvSource({ "nonsense", "{\"n\":\"x\"}" })
	void dataThatDoesNotFitTheTypeIsAnErrorThatNamesTheType(String data) {
		assertThatExceptionOfType(DecodingException.class)
			.isThrownBy(() -> this.decoder.read(SseEvent.text(data), Order.class))
			.withMessageContaining(Order.class.getName());
	}

	@Test
	void eventWithoutDataCannotBeRead() {
		assertThatExceptionOfType(DecodingException.class)
			.isThrownBy(() -> this.decoder.read(SseEvent.comment("c"), Order.class))
			.withMessage("The event has no data to be read as " + Order.class.getName());
	}

	@Test
	void decodesEventsOfEventStreamsOnly() {
		assertThat(this.decoder.canDecode(EVENT, MediaType.TEXT_EVENT_STREAM)).isTrue();
		assertThat(this.decoder.canDecode(EVENT, MediaType.parseMediaType("text/event-stream;charset=UTF-8"))).isTrue();
		assertThat(this.decoder.canDecode(EVENT, null)).isTrue();
		assertThat(this.decoder.canDecode(EVENT, MediaType.APPLICATION_JSON)).isFalse();
		assertThat(this.decoder.canDecode(ResolvableType.forClass(Map.class), MediaType.TEXT_EVENT_STREAM)).isFalse();
	}

	@Test
	void registersWithAClientByHand() {
		ClientCodecConfigurer codecs = ClientCodecConfigurer.create();
		SseCodecs.register(codecs);
		assertThat(codecs.getReaders().get(0).canRead(EVENT, MediaType.TEXT_EVENT_STREAM)).isTrue();
	}

	private List<SseEvent> decode(String stream) {
		return decode(List.of(stream.getBytes(StandardCharsets.UTF_8)));
	}

	private List<SseEvent> decode(List<byte[]> chunks) {
		return decodeAll(this.decoder, chunks).collectList().block(Duration.ofSeconds(20));
	}

	private static Flux<SseEvent> decodeAll(SseEventDecoder decoder, List<byte[]> chunks) {
		Flux<DataBuffer> buffers = Flux.fromIterable(chunks).map(DefaultDataBufferFactory.sharedInstance::wrap);
		return decoder.decode(buffers, EVENT, MediaType.TEXT_EVENT_STREAM, null);
	}

	private static List<byte[]> cut(byte[] bytes, int size) {
		List<byte[]> chunks = new ArrayList<>();
		for (int i = 0; i < bytes.length; i += size) {
			chunks.add(java.util.Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + size)));
		}
		return chunks;
	}

	record Order(int n) {

	}

}
