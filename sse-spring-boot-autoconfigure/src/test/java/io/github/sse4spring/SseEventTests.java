package io.github.sse4spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class SseEventTests {

	@Test
	void textOfATextIsTheTextAndItsValueIsNull() {
		assertThat(SseEvent.text("hello").text()).isEqualTo("hello");
		assertThat(SseEvent.text("hello").value()).isNull();
		assertThat(SseEvent.comment("c").text()).isNull();
	}

	@Test
	void valueOfJsonIsTheValueAndItsTextIsNotThereYet() {
		SseEvent event = SseEvent.json(List.of(1));
		assertThat(event.value()).isEqualTo(List.of(1));
		assertThatIllegalStateException().isThrownBy(event::text)
			.withMessage("The data of this event is a value that is not written as JSON yet: use value()");
	}

	@Test
	void eventThatComesFromNoHubHasNoTopic() {
		assertThat(SseEvent.text("hello").topic()).isNull();
	}

	@Test
	void textHoldsTheText() {
		SseEvent event = SseEvent.text("hello");
		assertThat(event.data()).isEqualTo("hello");
		assertThat(event.isJson()).isFalse();
		assertThat(event.id()).isNull();
		assertThat(event.name()).isNull();
		assertThat(event.retry()).isNull();
		assertThat(event.comment()).isNull();
	}

	@Test
	void jsonHoldsTheValue() {
		Map<String, Integer> value = Map.of("n", 1);
		assertThat(SseEvent.json(value).data()).isSameAs(value);
		assertThat(SseEvent.json(value).isJson()).isTrue();
		assertThat(SseEvent.json(null).data()).isNull();
		assertThat(SseEvent.json(null).isJson()).isTrue();
	}

	@Test
	void builderSetsEveryField() {
		SseEvent event = SseEvent.builder()
			.id("1")
			.name("update")
			.json(5)
			.retry(Duration.ofSeconds(5))
			.comment("c")
			.build();
		assertThat(event.id()).isEqualTo("1");
		assertThat(event.name()).isEqualTo("update");
		assertThat(event.data()).isEqualTo(5);
		assertThat(event.retry()).isEqualTo(Duration.ofSeconds(5));
		assertThat(event.comment()).isEqualTo("c");
	}

	@Test
	void lastOfTextAndJsonWins() {
		assertThat(SseEvent.builder().text("a").json("b").build()).isEqualTo(SseEvent.json("b"));
		assertThat(SseEvent.builder().json("a").text("b").build()).isEqualTo(SseEvent.text("b"));
	}

	@Test
	void withersReplaceOneFieldOfACopy() {
		SseEvent event = SseEvent.text("a").withName("n").withId("1");
		SseEvent copy = event.withId("2").withName("m");
		assertThat(copy).isEqualTo(SseEvent.builder().text("a").name("m").id("2").build());
		assertThat(event).isEqualTo(SseEvent.builder().text("a").name("n").id("1").build());
	}

	@Test
	void textOfNullIsRefused() {
		assertThatNullPointerException().isThrownBy(() -> SseEvent.text(null)).withMessageContaining("json(null)");
	}

	@Test
	void equalsAndHashCodeLookAtAllFields() {
		Stream<SseEvent> different = Stream.of(SseEvent.text("a"), SseEvent.json("a"), SseEvent.text("b"),
				SseEvent.text("a").withId("1"), SseEvent.text("a").withName("n"), SseEvent.comment("a"),
				SseEvent.builder().text("a").retry(Duration.ZERO).build(), SseEvent.json(null),
				SseEvent.builder().build());
		assertThat(different).doesNotHaveDuplicates();
		assertThat(SseEvent.text("a").withId("1")).isEqualTo(SseEvent.text("a").withId("1"))
			.hasSameHashCodeAs(SseEvent.text("a").withId("1"));
		assertThat(SseEvent.json(new byte[] { 1, 2 })).isEqualTo(SseEvent.json(new byte[] { 1, 2 }))
			.hasSameHashCodeAs(SseEvent.json(new byte[] { 1, 2 }));
	}

	@Test
	void toStringCutsDataAt80Characters() {
		assertThat(SseEvent.text("x".repeat(80))).asString().contains("data=" + "x".repeat(80) + ",");
		assertThat(SseEvent.text("x".repeat(81))).asString().contains("data=" + "x".repeat(80) + "...,");
	}

	@Test
	void noticeIsWhatHasANoticeName() {
		assertThat(SseEvent.text("{}").withName("sse-gap").isNotice()).isTrue();
		assertThat(SseEvent.text("{}").withName("gap").isNotice()).isFalse();
		assertThat(SseEvent.text("{}").isNotice()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\rb", "a\nb", "\r\n" })
	void nameWithLineEndIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withName(name))
			.withMessage("name must not contain CR or LF");
	}

	@Test
	void emptyNameIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withName(""))
			.withMessageStartingWith("name must not be empty");
	}

	@Test
	void nameWithoutDataIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.comment("c").withName("n"))
			.withMessageStartingWith("name 'n' needs data");
		assertThat(SseEvent.json(null).withName("n").name()).isEqualTo("n");
		assertThat(SseEvent.text("").withName("n").name()).isEqualTo("n");
	}

	@ParameterizedTest
	@ValueSource(chars = { '\0', '\u0001', '\t', '\n', '\r', '\u001F', '\u007F' })
	void controlInIdIsRefused(char control) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withId("1" + control + "2"))
			.withMessage("id must not contain the control character U+%04X (at index 1)", (int) control);
	}

	@ParameterizedTest
	@ValueSource(strings = { " 1", "1 ", " " })
	void leadingOrTrailingSpaceInIdIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withId(id))
			.withMessageStartingWith("id must not begin or end with a space");
	}

	@Test
	void idOfMoreThan128BytesIsRefused() {
		assertThat(SseEvent.text("a").withId("x".repeat(128)).id()).hasSize(128);
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withId("x".repeat(129)))
			.withMessage("id must not be longer than 128 bytes of UTF-8 but has 129");
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withId("é".repeat(65)))
			.withMessage("id must not be longer than 128 bytes of UTF-8 but has 130");
	}

	@Test
	void emptyIdIsAllowedSinceItResetsTheClient() {
		assertThat(SseEvent.text("a").withId("").id()).isEmpty();
	}

	@Test
	void negativeRetryIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.builder().retry(Duration.ofMillis(-1)).build())
			.withMessage("retry must not be negative but is PT-0.001S");
	}

	@Test
	void retryTooLongForMillisecondsIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SseEvent.builder().retry(Duration.ofSeconds(Long.MAX_VALUE)).build())
			.withMessageStartingWith("retry must fit into a long of milliseconds");
	}

	@ParameterizedTest
	@CsvSource({ "PT0.0019S,PT0.001S", "PT1.001S,PT1.001S", "PT0S,PT0S", "PT0.0000001S,PT0S" })
	void retryIsCutToWholeMilliseconds(Duration given, Duration held) {
		assertThat(SseEvent.builder().retry(given).build().retry()).isEqualTo(held);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\uD800", "a\uDC00", "\uD800x", "\uDC00\uD800" })
	void loneSurrogateIsRefusedInAnyText(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text(text)).withMessageStartingWith("data ");
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.comment(text))
			.withMessageStartingWith("comment ");
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withName(text))
			.withMessageStartingWith("name ");
		assertThatIllegalArgumentException().isThrownBy(() -> SseEvent.text("a").withId(text))
			.withMessageStartingWith("id ");
	}

	@Test
	void surrogatePairIsAllowed() {
		assertThat(SseEvent.text("\uD83D\uDC4B").data()).isEqualTo("\uD83D\uDC4B");
	}

}
