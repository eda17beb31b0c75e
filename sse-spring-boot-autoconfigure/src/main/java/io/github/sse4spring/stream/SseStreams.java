package io.github.sse4spring.stream;

import java.util.List;
import java.util.Optional;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;

/**
 * Answers requests with event streams. Safe for use by any thread. Internal: the web
 * stacks call it.
 *
 * @since 0.1.0
 */
public final class SseStreams {

	private final StreamEnvironment environment;

	private final LoopRegistry loops = new LoopRegistry();

	private final SseClientKeyResolver clientKeys;

	private final StreamLimits limits;

	SseStreams(SseEventEncoder encoder, SseStreamSettings settings, SseClientKeyResolver clientKeys,
			List<SseStreamListener> listeners) {
		StreamFrames frames = new StreamFrames(encoder, settings);
		this.environment = new StreamEnvironment(settings, frames, StreamKeepAlive.of(settings.keepAlive(), frames),
				new StreamListeners(listeners), new OpenStreams());
		this.clientKeys = clientKeys;
		this.limits = new StreamLimits(settings.limits());
	}

	/**
	 * Return the open streams.
	 * @return the open streams
	 */
	public SseConnections connections() {
		return new DefaultSseConnections(this.environment.open());
	}

	/**
	 * Return the loops that streams live on.
	 * @return the loops of this application
	 */
	public LoopRegistry loops() {
		return this.loops;
	}

	/**
	 * Return how streams behave.
	 * @return the settings
	 */
	public SseStreamSettings settings() {
		return this.environment.settings();
	}

	/**
	 * Write events as the body of a response, from the opening to the end of the stream.
	 * The status and the headers that the response already has are kept.
	 * @param events the events; not subscribed to if the response has no stream, such as
	 * for a HEAD request, a refusal or during a drain
	 * @param request the request
	 * @param response its response, which is not committed yet
	 * @return completes when the stream has ended; fails if an error occurs before the
	 * stream is open
	 */
	public Mono<Void> write(Publisher<? extends SseEvent> events, SseStreamRequest request, StreamResponse response) {
		SseLastEventId lastEventId = request.lastEventId();
		boolean endOnComplete = settings().lifetime().endOnComplete();
		if (endOnComplete && lastEventId != null && StreamFrames.END_ID.equals(lastEventId.value())) {
			response.setStatus(HttpStatus.NO_CONTENT.value());
			// A cache must not answer the next stream of this URL with a stored 204.
			if (response.header(HttpHeaders.CACHE_CONTROL) == null) {
				response.setHeader(HttpHeaders.CACHE_CONTROL, StreamHeaders.CACHE_CONTROL);
			}
		}
		if (isWithoutBody(response.status())) {
			return response.end(new byte[0]);
		}
		if (HttpMethod.HEAD.matches(request.method())) {
			return answer(response, new byte[0]);
		}
		if (this.environment.open().isDraining()) {
			return answer(response, this.environment.frames().comeBack());
		}
		return Mono.defer(() -> this.clientKeys.resolve(request))
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((key) -> Mono.using(() -> this.limits.acquire(key.orElse(null)),
					(permit) -> write(events, request, response, permit, lastEventId), StreamLimits.Permit::release));
	}

	private Mono<Void> write(Publisher<? extends SseEvent> events, SseStreamRequest request, StreamResponse response,
			StreamLimits.Permit permit, @Nullable SseLastEventId lastEventId) {
		SseLimit refusal = permit.refusal();
		if (refusal != null) {
			return refuse(request, response, refusal);
		}
		StreamHeaders headers = StreamHeaders.addTo(response);
		StreamBody body = new StreamBody(this.environment, events,
				StreamClient.of(request, permit.clientKey(), lastEventId), headers::leave);
		// The stream counts as open until its last byte has left, since a drain waits
		// for that.
		return response.stream(body)
			.doOnError((ex) -> headers.takeBack())
			.doOnCancel(headers::leave)
			.onErrorComplete((ex) -> body.isAborted())
			.doFinally((signal) -> body.left());
	}

	/**
	 * A GET request is refused with status 200, since an EventSource does not reconnect
	 * after any other status.
	 */
	private Mono<Void> refuse(SseStreamRequest request, StreamResponse response, SseLimit limit) {
		this.environment.listeners().tell((listener) -> listener.onRefused(limit));
		if (HttpMethod.GET.matches(request.method())) {
			return answer(response, this.environment.frames().refusal(limit));
		}
		response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
		long seconds = Math.max(1, this.environment.frames().randomRefusalRetry().toSeconds());
		response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		return response.end(new byte[0]);
	}

	private static Mono<Void> answer(StreamResponse response, byte[] body) {
		StreamHeaders.addTo(response);
		return response.end(body);
	}

	private static boolean isWithoutBody(int status) {
		return status == HttpStatus.NO_CONTENT.value() || status == HttpStatus.NOT_MODIFIED.value();
	}

	StreamEnvironment environment() {
		return this.environment;
	}

	StreamLimits limits() {
		return this.limits;
	}

	/** Let streams open again, on the loops of the server that starts. */
	void resume() {
		this.loops.clear();
		this.environment.open().resume();
	}

	/**
	 * End all streams, each with a time after which its client should come back. The
	 * connection of a client that does not read to the end within the drain timeout is
	 * closed.
	 * @return completes when no stream is open, or after the drain timeout
	 */
	Mono<Void> drain() {
		return this.environment.open().drain(settings().lifetime().drainTimeout());
	}

}
