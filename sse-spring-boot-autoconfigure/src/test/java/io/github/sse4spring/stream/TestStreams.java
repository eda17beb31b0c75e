package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.codec.SseEventEncoder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates the streams of an application for tests of other packages.
 */
public final class TestStreams {

	/** The first frame of every stream. */
	public static final String OPENING = StreamFixture.OPENING;

	/** The last frame of a stream whose flux has completed. */
	public static final String END = StreamFixture.END;

	/** The time after which a stream of a silent source opens. */
	public static final Duration OPEN_DELAY = Duration.ofMillis(250);

	private TestStreams() {
	}

	/**
	 * Create streams.
	 * @param stallTimeout the stall timeout; zero is any time
	 */
	public static SseStreams create(Duration stallTimeout) {
		return new SseStreams(new SseEventEncoder(JsonMapper.shared()),
				StreamFixture.settings(OPEN_DELAY, true, null, stallTimeout), SseClientKeyResolver.principalOrAddress(),
				List.of());
	}

}
