package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseFrame;
import io.github.sse4spring.SseFrames;
import io.github.sse4spring.codec.SseEventEncoder;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

/**
 * Encodes the frames that a stream writes: those of its events, and its own.
 */
final class StreamFrames {

	/** The id at the end of a stream whose flux has completed. */
	static final String END_ID = "sse-end";

	/** After an error a client waits longer, since the cause of the error may last. */
	private static final int ERROR_RETRY_FACTOR = 5;

	private final SseEventEncoder encoder;

	private final SseStreamSettings.Retry retry;

	private final Duration refusalRetry;

	private final byte[] end;

	StreamFrames(SseEventEncoder encoder, SseStreamSettings settings) {
		this.encoder = encoder;
		this.retry = settings.retry();
		this.refusalRetry = settings.limits().refusalRetry();
		this.end = settings.lifetime().endOnComplete() ? encoder.encode(SseEvent.builder().id(END_ID).build())
				: new byte[0];
	}

	/** The bytes of a notice. */
	byte[] notice(SseEvent notice) {
		return this.encoder.encode(notice);
	}

	/**
	 * Add an event to a batch. An event of a hub is encoded already, unless an operator
	 * has changed it.
	 */
	void add(SseEvent event, StreamBatch batch) {
		SseFrame frame = SseFrames.of(event);
		if (frame != null) {
			batch.add(frame);
		}
		else {
			batch.add(this.encoder.encode(event));
		}
	}

	/** Return a frame with only an id, which moves the position of the client. */
	byte[] position(String id) {
		return this.encoder.encode(SseEvent.builder().id(id).build());
	}

	byte[] comment(String comment) {
		return this.encoder.encode(SseEvent.comment(comment));
	}

	/**
	 * The first frame of a stream. Proxies and browsers see the stream open only when
	 * they receive bytes.
	 */
	byte[] opening() {
		return this.encoder.encode(SseEvent.builder().comment("").retry(randomRetry()).build());
	}

	/** The last frame of a stream whose flux has completed. */
	byte[] completed() {
		return this.end;
	}

	/** The last frame of a stream whose client should reconnect. */
	byte[] comeBack() {
		return this.encoder.encode(SseEvent.builder().retry(randomRetry()).build());
	}

	/** The answer to a client that is refused. */
	byte[] refusal(SseLimit limit) {
		return this.encoder
			.encode(SseEvent.builder().comment("refused: " + limit.code()).retry(randomRefusalRetry()).build());
	}

	/**
	 * Return the time of the settings, plus or minus up to a half, so that refused
	 * clients do not reconnect all at once.
	 */
	Duration randomRefusalRetry() {
		long millis = this.refusalRetry.toMillis();
		return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis - millis / 2, millis + millis / 2 + 1));
	}

	/**
	 * The last frame of a stream that has failed. The message of the error stays in the
	 * log, since it may hold secrets.
	 */
	byte[] error(Throwable error) {
		HttpStatusCode status = statusOf(error);
		HttpStatus known = HttpStatus.resolve(status.value());
		String title = (known != null) ? known.getReasonPhrase() : "Error";
		return this.encoder.encode(SseEvent.builder()
			.name("sse-error")
			.text("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d}".formatted(title, status.value()))
			.retry(randomRetry().multipliedBy(ERROR_RETRY_FACTOR))
			.build());
	}

	private static HttpStatusCode statusOf(Throwable error) {
		if (error instanceof ErrorResponse response) {
			return response.getStatusCode();
		}
		ResponseStatus annotation = AnnotatedElementUtils.findMergedAnnotation(error.getClass(), ResponseStatus.class);
		return (annotation != null) ? annotation.code() : HttpStatus.INTERNAL_SERVER_ERROR;
	}

	private Duration randomRetry() {
		long min = this.retry.min().toMillis();
		long max = this.retry.max().toMillis();
		return Duration.ofMillis(ThreadLocalRandom.current().nextLong(min, max + 1));
	}

}
