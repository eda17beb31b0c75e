package io.github.sse4spring.webflux;

import java.util.List;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.codec.SseEventEncoder;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

class SseStreamsTests {

	private final SseStreams streams = new SseStreams(new SseEventEncoder(JsonMapper.shared()), StreamFixture.SETTINGS,
			SseClientKeyResolver.principalOrAddress(), List.of());

	/** Signals also after a cancel, as a server may that fails at the same time. */
	private final TestPublisher<Void> server = TestPublisher
		.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);

	private final ServerHttpResponse response = new ServerHttpResponseDecorator(new MockServerHttpResponse()) {

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return SseStreamsTests.this.server.mono();
		}

	};

	@Test
	void errorBeforeTheStreamIsOpenTakesTheHeadersBack() {
		write();
		this.server.error(new IllegalStateException("gone"));
		assertThat(this.response.getHeaders().isEmpty()).isTrue();
	}

	@Test
	void nothingOfTheResponseIsTouchedAfterACancel() {
		Disposable stream = write();
		HttpHeaders before = HttpHeaders.copyOf(this.response.getHeaders());
		stream.dispose();
		this.server.error(new IllegalStateException("gone"));
		assertThat(this.response.getHeaders()).isEqualTo(before);
		assertThat(before.containsHeader("Cache-Control")).isTrue();
	}

	private Disposable write() {
		StreamExchange exchange = StreamExchange.of(MockServerHttpRequest.get("/events").build(), this.response);
		return this.streams.write(Flux.<SseEvent>never(), exchange).subscribe((done) -> {
		}, (ex) -> {
		});
	}

}
