package io.github.sse4spring.webflux;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class StreamHeadersTests {

	private final HttpHeaders headers = new HttpHeaders();

	@Test
	void headersThatTheResponseHasAreKept() {
		this.headers.set("Cache-Control", "no-store");
		StreamHeaders.addTo(this.headers);
		assertThat(this.headers.toSingleValueMap()).containsOnly(
				Map.entry("Content-Type", "text/event-stream;charset=UTF-8"), Map.entry("Cache-Control", "no-store"),
				Map.entry("X-Accel-Buffering", "no"));
	}

	@Test
	void whatWasAddedIsTakenBackAndNothingElse() {
		this.headers.set("X-Accel-Buffering", "no");
		StreamHeaders added = StreamHeaders.addTo(this.headers);
		this.headers.set("Cache-Control", "private");
		added.takeBack();
		assertThat(this.headers.toSingleValueMap()).containsOnly(Map.entry("X-Accel-Buffering", "no"),
				Map.entry("Cache-Control", "private"));
	}

	@Test
	void responseThatWasLeftIsNotTouchedAgain() {
		StreamHeaders added = StreamHeaders.addTo(this.headers);
		added.leave();
		added.takeBack();
		assertThat(this.headers.toSingleValueMap()).containsOnlyKeys("Content-Type", "Cache-Control",
				"X-Accel-Buffering");
	}

}
