package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The open streams, and their drain. Safe for use by any thread.
 */
final class OpenStreams {

	private final AtomicLong nextId = new AtomicLong(1);

	private final Map<Long, OpenStream> streams = new ConcurrentHashMap<>();

	/** Set during a drain; completes when no stream is open, or after the timeout. */
	private volatile Sinks.@Nullable Empty<Void> drained;

	long nextId() {
		return this.nextId.getAndIncrement();
	}

	/** Add a stream that opens. During a drain the stream is ended at once. */
	void add(OpenStream stream) {
		this.streams.put(stream.id(), stream);
		// The stream is added before this check. So either the drain finds the stream,
		// or this thread sees the drain.
		if (isDraining()) {
			stream.end(SseStreamEnd.DRAINED);
		}
	}

	/** Remove a stream whose response is over or whose client has gone. */
	void remove(OpenStream stream) {
		this.streams.remove(stream.id(), stream);
		completeIfNoneIsOpen(this.drained);
	}

	int size() {
		return this.streams.size();
	}

	List<OpenStream> all() {
		return List.copyOf(this.streams.values());
	}

	boolean isDraining() {
		return this.drained != null;
	}

	/** End the drain: streams may open again. */
	void resume() {
		this.drained = null;
	}

	/**
	 * End all streams, each with a time after which its client should come back. Streams
	 * that open from now on are ended at once.
	 * @param timeout how long the streams may take to end. After this time the
	 * connections of the streams that are still open are closed. Zero closes them at once
	 * @return completes when no stream is open, or after the timeout
	 */
	Mono<Void> drain(Duration timeout) {
		Sinks.Empty<Void> drained = Sinks.empty();
		this.drained = drained;
		all().forEach((stream) -> stream.end(SseStreamEnd.DRAINED));
		completeIfNoneIsOpen(drained);
		return drained.asMono()
			.timeout(timeout, Mono.empty())
			.doOnTerminate(() -> all().forEach((stream) -> stream.abort(SseStreamEnd.DRAINED)));
	}

	private void completeIfNoneIsOpen(Sinks.@Nullable Empty<Void> drained) {
		if (drained != null && this.streams.isEmpty()) {
			drained.tryEmitEmpty();
		}
	}

}
