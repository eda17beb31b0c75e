package io.github.sse4spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class SseSubscriptionTests {

	@Test
	@SuppressWarnings("NullAway")
	void filterThatIsNullIsRefused() {
		assertThatNullPointerException().isThrownBy(() -> SseSubscription.to("a").filter(null))
			.withMessage("filter must not be null");
	}

	@ParameterizedTest
	@ValueSource(chars = { 0, '\t', '\n', 0x1B, 0x7F, 0x85, 0x9F })
	void topicHasNoControlCharacters(char control) {
		assertThatIllegalArgumentException().isThrownBy(() -> SseSubscription.to("a" + control + "b"))
			.withMessage("topic must not contain control characters");
	}

}
