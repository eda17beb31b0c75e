package io.github.sse4spring.stream;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one stream. Written on its loop, read on any thread.
 */
final class StreamStatistics {

	private final Instant since = Instant.now();

	private final AtomicLong events = new AtomicLong();

	private final AtomicLong bytes = new AtomicLong();

	private volatile @Nullable Instant unwritableSince;

	/** On the loop: a batch is on its way. */
	void written(int events, int bytes) {
		this.events.lazySet(this.events.get() + events);
		this.bytes.lazySet(this.bytes.get() + bytes);
	}

	/** On the loop: whether the transport is ready now. */
	void ready(boolean ready) {
		if (ready != (this.unwritableSince == null)) {
			this.unwritableSince = ready ? null : Instant.now();
		}
	}

	SseConnection snapshot(long id, @Nullable String clientKey, SseStream.@Nullable Source source) {
		return new SseConnection(Long.toString(id), clientKey, this.since,
				(source != null) ? source.topics() : List.of(), this.events.get(), this.bytes.get(),
				(source != null) ? source.lag() : 0, this.unwritableSince);
	}

}
