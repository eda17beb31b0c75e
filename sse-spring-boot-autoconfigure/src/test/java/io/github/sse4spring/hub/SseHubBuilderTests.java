package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.codec.SseEventEncoder;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

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

	@Test
	void jsonIsWrittenByTheMapperOfTheEncoder() {
		JsonMapper mapper = JsonMapper.builder().enable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS).build();
		assertThat(data(SseHubBuilder.create().encoder(new SseEventEncoder(mapper)))).isEqualTo("[60.000000000]");
	}

	@Test
	void jsonIsWrittenByAPlainMapperUnlessAnEncoderIsSet() {
		assertThat(data(SseHubBuilder.create())).isEqualTo("[\"PT1M\"]");
	}

	private static Object data(SseHubBuilder builder) {
		SseHub hub = builder.scheduler(Schedulers.immediate()).build();
		HubFixture.Taker taker = HubFixture.take(hub.subscribe(), Long.MAX_VALUE);
		hub.publish(SseEvent.json(List.of(Duration.ofMinutes(1))));
		return taker.texts().get(0);
	}

}
