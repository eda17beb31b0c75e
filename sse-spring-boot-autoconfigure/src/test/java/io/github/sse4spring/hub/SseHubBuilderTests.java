package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseHub;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SseHubBuilderTests {

	@Test
	void largestEventMustNotBeAboveWhatTheHubRetains() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SseHubBuilder.create().maxEventSize(101).maxRetainedSize(100).build())
			.withMessage("maxEventSize must not be above maxRetainedSize, but 101 is more than 100");
		SseHubBuilder.create().maxEventSize(100).maxRetainedSize(100).build().close();
	}

	@Test
	void largestEventFollowsWhatTheHubRetainsDownUnlessItIsSet() {
		SseHub hub = SseHubBuilder.create().maxRetainedSize(1024).build();
		assertThatExceptionOfType(SseEventTooLargeException.class)
			.isThrownBy(() -> hub.publish(SseEvent.text("x".repeat(1024))))
			.withMessageContaining("1024");
		assertThat(hub.publish(SseEvent.text("x")).subscribers()).isZero();
	}

}
