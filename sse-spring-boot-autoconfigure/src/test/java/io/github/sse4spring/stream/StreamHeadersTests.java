package io.github.sse4spring.stream;

import java.util.Map;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

class StreamHeadersTests {

	private final HeadersResponse response = new HeadersResponse(Mono.empty());

	@Test
	void headersThatTheResponseHasAreKept() {
		this.response.setHeader("Cache-Control", "no-store");
		StreamHeaders.addTo(this.response);
		assertThat(this.response.headers).containsOnly(Map.entry("Content-Type", "text/event-stream;charset=UTF-8"),
				Map.entry("Cache-Control", "no-store"), Map.entry("X-Accel-Buffering", "no"));
	}

	@Test
	void whatWasAddedIsTakenBackAndNothingElse() {
		this.response.setHeader("X-Accel-Buffering", "no");
		StreamHeaders added = StreamHeaders.addTo(this.response);
		this.response.setHeader("Cache-Control", "private");
		added.takeBack();
		assertThat(this.response.headers).containsOnly(Map.entry("X-Accel-Buffering", "no"),
				Map.entry("Cache-Control", "private"));
	}

	@Test
	void responseThatWasLeftIsNotTouchedAgain() {
		StreamHeaders added = StreamHeaders.addTo(this.response);
		added.leave();
		added.takeBack();
		assertThat(this.response.headers).containsOnlyKeys("Content-Type", "Cache-Control", "X-Accel-Buffering");
	}

}
