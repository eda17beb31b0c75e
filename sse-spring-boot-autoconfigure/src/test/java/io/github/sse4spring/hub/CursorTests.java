package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.Objects;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class CursorTests {

	private final Topic topic = new Topic("a",
			new TopicSettings(TopicSettings.ALL, 1, SseLagPolicy.FAIL, 1, null, Duration.ofMinutes(1)));

	private Ring ring() {
		return Objects.requireNonNull(this.topic.ring());
	}

	private void append(@Nullable SseEvent event) {
		Ring.Tail next = ring().tail();
		ring().append(new Slot(next.index(), next.index() + 1, next.events(), next.isAfterEnd(), event, 100, 0));
	}

	@Test
	@SuppressWarnings("NullAway")
	void cursorThatMissesNothingMovesToTheOldestRetainedEventThoughMoreArePublished() {
		this.topic.createRing(0);
		append(SseEvent.text("read"));
		Cursor cursor = new Cursor(this.topic, null, 1, SseLagPolicy.FAIL, ring().tail());
		append(null);
		ring().evictFirst();
		ring().evictFirst();
		assertThat(cursor.isOvertaken()).isTrue();
		assertThat(cursor.lag()).isZero();
		// Published after the lag was read.
		append(SseEvent.text("next"));
		assertThat(cursor.skipTo(Cursor.ALL)).isZero();
		assertThat(cursor.index()).isEqualTo(2);
		assertThat(cursor.lag()).isEqualTo(1);
	}

}
