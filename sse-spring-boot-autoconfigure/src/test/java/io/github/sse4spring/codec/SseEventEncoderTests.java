package io.github.sse4spring.codec;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.sse4spring.SseEncodingException;
import io.github.sse4spring.SseEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SseEventEncoderTests {

	private final SseEventEncoder encoder = new SseEventEncoder(JsonMapper.builder().build());

	@Test
	void fieldsStandInTheOrderCommentEventDataIdRetry() {
		SseEvent event = SseEvent.builder()
			.retry(Duration.ofSeconds(5))
			.id("1")
			.text("two\nlines")
			.name("update")
			.comment("c")
			.build();
		assertThat(encode(event)).isEqualTo("""
				:c
				event:update
				data:two
				data:lines
				id:1
				retry:5000

				""");
	}

	@Test
	void emptyEventIsABlankLine() {
		assertThat(encode(SseEvent.builder().build())).isEqualTo("\n");
	}

	@Test
	void commentAloneIsABlock() {
		assertThat(encode(SseEvent.comment("ping"))).isEqualTo(":ping\n\n");
		assertThat(encode(SseEvent.comment(""))).isEqualTo(":\n\n");
	}

	@Test
	void emptyTextIsStillData() {
		assertThat(encode(SseEvent.text(""))).isEqualTo("data:\n\n");
	}

	@Test
	void emptyIdIsWritten() {
		assertThat(encode(SseEvent.text("a").withId(""))).isEqualTo("data:a\nid:\n\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc-2", "abc-10", "x" })
	void idIsFilledIntoItsRoomAsTheLastLine(String id) {
		SseEventEncoder encoder = new SseEventEncoder();
		SseEvent event = SseEvent.builder().text("a").retry(Duration.ofMillis(5)).build();
		byte[] frame = encoder.fillIn(encoder.encodeWithRoom(event, "abc-9"), "abc-9", id);
		assertThat(new String(frame, StandardCharsets.UTF_8)).isEqualTo("data:a\nretry:5\nid:" + id + "\n\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\rb", "a\r\nb" })
	void dataIsSplitAtEachKindOfLineEnd(String text) {
		assertThat(encode(SseEvent.text(text))).isEqualTo("data:a\ndata:b\n\n");
	}

	@Test
	void commentIsSplitAtLineEnds() {
		assertThat(encode(SseEvent.comment("a\r\ndata:b\rc"))).isEqualTo(":a\n:data:b\n:c\n\n");
	}

	@Test
	void trailingLineEndIsOneMoreEmptyLine() {
		assertThat(encode(SseEvent.text("a\n"))).isEqualTo("data:a\ndata:\n\n");
		assertThat(encode(SseEvent.text("\r\n\n\r"))).isEqualTo("data:\ndata:\ndata:\ndata:\n\n");
	}

	@Test
	void otherLineSeparatorsAreOrdinaryCharacters() {
		assertThat(encode(SseEvent.text("a\u2028b\u2029c\u0085d\u000Be\ff\0g")))
			.isEqualTo("data:a\u2028b\u2029c\u0085d\u000Be\ff\0g\n\n");
	}

	@Test
	void noSpaceFollowsTheColonExceptWhereTheValueBeginsWithOne() {
		assertThat(encode(SseEvent.text(" token"))).isEqualTo("data:  token\n\n");
		assertThat(encode(SseEvent.text("a\n b"))).isEqualTo("data:a\ndata:  b\n\n");
		assertThat(encode(SseEvent.text("\tb"))).isEqualTo("data:\tb\n\n");
		assertThat(encode(SseEvent.text("a").withName(" n"))).isEqualTo("event:  n\ndata:a\n\n");
	}

	@Test
	void spaceAfterColonIsAlwaysWrittenIfAskedFor() {
		SseEventEncoder spaced = new SseEventEncoder(JsonMapper.shared(), true);
		SseEvent event = SseEvent.builder().comment("").text("a\n b").id("1").build();
		assertThat(new String(spaced.encode(event), StandardCharsets.UTF_8))
			.isEqualTo(": \ndata: a\ndata:  b\nid: 1\n\n");
	}

	@Test
	void textIsUtf8WithoutByteOrderMark() {
		assertThat(this.encoder.encode(SseEvent.text("é👋")))
			.isEqualTo("data:é👋\n\n".getBytes(StandardCharsets.UTF_8));
	}

	@ParameterizedTest
	@CsvSource({ "PT0S,0", "PT0.001S,1", "PT1S,1000", "PT1.001S,1001", "PT1M,60000", "PT0.0019S,1" })
	void retryIsWholeMilliseconds(Duration retry, String written) {
		assertThat(encode(SseEvent.builder().retry(retry).build())).isEqualTo("retry:" + written + "\n\n");
	}

	@Test
	void jsonIsCompactWhateverTheMapperSays() {
		Map<String, Object> value = new LinkedHashMap<>();
		value.put("n", 1);
		value.put("s", "a\nb");
		JsonMapper pretty = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		assertThat(new String(new SseEventEncoder(pretty).encode(SseEvent.json(value)), StandardCharsets.UTF_8))
			.isEqualTo("data:{\"n\":1,\"s\":\"a\\nb\"}\n\n");
	}

	@Test
	void jsonOfAStringIsQuotedOfNullIsNullOfBytesIsBase64() {
		assertThat(encode(SseEvent.json("a"))).isEqualTo("data:\"a\"\n\n");
		assertThat(encode(SseEvent.json(null))).isEqualTo("data:null\n\n");
		assertThat(encode(SseEvent.json(new byte[] { 1, 2, 3 }))).isEqualTo("data:\"AQID\"\n\n");
	}

	@Test
	void jsonWithRawLineEndsIsSplitLikeText() {
		assertThat(encode(SseEvent.json(new Raw("[1,\r\n2,\r3]")))).isEqualTo("""
				data:{"raw":[1,
				data:2,
				data:3]}

				""");
	}

	@Test
	void valueThatCannotBeWrittenNamesItsType() {
		assertThatExceptionOfType(SseEncodingException.class)
			.isThrownBy(() -> this.encoder.encode(SseEvent.json(new Poison())))
			.withMessageContaining(Poison.class.getName())
			.havingCause()
			.withStackTraceContaining("poisoned");
	}

	@Test
	void lineEndInAOneLineFieldIsRefusedAgainWhenEncoded() {
		FrameWriter frame = new FrameWriter(false);
		assertThatIllegalArgumentException().isThrownBy(() -> frame.oneLine("id", "1\ndata:forged"))
			.withMessage("id must not contain CR or LF");
		assertThatIllegalArgumentException().isThrownBy(() -> frame.oneLine("event", "a\rb"))
			.withMessage("event must not contain CR or LF");
	}

	private String encode(SseEvent event) {
		return new String(this.encoder.encode(event), StandardCharsets.UTF_8);
	}

	record Raw(@JsonRawValue String raw) {

	}

	static class Poison {

		@JsonValue
		String value() {
			throw new IllegalStateException("poisoned");
		}

	}

}
