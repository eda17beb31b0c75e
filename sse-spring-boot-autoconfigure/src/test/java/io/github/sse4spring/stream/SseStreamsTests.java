package io.github.sse4spring.stream;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.codec.SseEventEncoder;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class SseStreamsTests {

	private final SseStreams streams = new SseStreams(new SseEventEncoder(JsonMapper.shared()), StreamFixture.SETTINGS,
			SseClientKeyResolver.principalOrAddress(), List.of());

	/** Signals even after a cancel, like a server that fails at the same time. */
	private final TestPublisher<Void> server = TestPublisher
		.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);

	private final HeadersResponse response = new HeadersResponse(this.server.mono());

	@Test
	void errorBeforeTheStreamIsOpenTakesTheHeadersBack() {
		write();
		this.server.error(new IllegalStateException("gone"));
		assertThat(this.response.headers).isEmpty();
	}

	@Test
	void nothingOfTheResponseIsTouchedAfterACancel() {
		Disposable stream = write();
		Map<String, String> before = Map.copyOf(this.response.headers);
		stream.dispose();
		this.server.error(new IllegalStateException("gone"));
		assertThat(this.response.headers).isEqualTo(before);
		assertThat(before).containsKey("Cache-Control");
	}

	@Test
	void resolverThatThrowsFailsTheResponseAsOneWhoseResultIsAnError() {
		IllegalStateException failure = new IllegalStateException("no key");
		SseStreams failing = new SseStreams(new SseEventEncoder(), StreamFixture.SETTINGS, (request) -> {
			throw failure;
		}, List.of());
		AtomicReference<Throwable> error = new AtomicReference<>();
		failing.write(Flux.<SseEvent>never(), new GetRequest("/events"), this.response).subscribe((done) -> {
		}, error::set);
		assertThat(error).hasValue(failure);
		assertThat(this.response.headers).isEmpty();
	}

	private Disposable write() {
		return this.streams.write(Flux.<SseEvent>never(), new GetRequest("/events"), this.response)
			.subscribe((done) -> {
			}, (ex) -> {
			});
	}

}
