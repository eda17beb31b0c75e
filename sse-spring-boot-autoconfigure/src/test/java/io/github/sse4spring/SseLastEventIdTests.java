package io.github.sse4spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SseLastEventIdTests {

	@Test
	void valueIsWhatTheClientSent() {
		assertThat(SseLastEventId.of("héllo").value()).isEqualTo("héllo");
	}

	@Test
	void numberIsReadAsLong() {
		assertThat(SseLastEventId.of("42").asLong(7)).isEqualTo(42);
		assertThat(SseLastEventId.of("-1").asLong(7)).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "", "1.5", "99999999999999999999" })
	void idThatIsNotALongReturnsTheFallback(String id) {
		assertThat(SseLastEventId.of(id).asLong(7)).isEqualTo(7);
	}

	@Test
	void unusableIdIsEmpty() {
		assertThat(SseLastEventId.of("x".repeat(129)).value()).isEmpty();
		assertThat(SseLastEventId.of("é".repeat(65)).value()).isEmpty();
		assertThat(SseLastEventId.of("a\u0001b").value()).isEmpty();
		assertThat(SseLastEventId.of("\uD800").value()).isEmpty();
		assertThat(SseLastEventId.of(" 1").value()).isEmpty();
	}

}
