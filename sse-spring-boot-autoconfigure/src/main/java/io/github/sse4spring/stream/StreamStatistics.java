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

	/** On the loop: count the events and bytes of a write. */
	void written(int events, int bytes) {
		this.events.lazySet(this.events.get() + events);
		this.bytes.lazySet(this.bytes.get() + bytes);
	}

	/** On the loop: record whether the transport is ready. */
	void ready(boolean ready) {
		if (ready != (this.unwritableSince == null)) {
			this.unwritableSince = ready ? null : Instant.now();
		}
	}

	SseConnection snapshot(long id, @Nullable String clientKey, SseStream.@Nullable Source source) {
		SseStream.Display display = (source != null) ? source.display() : null;
		return new SseConnection(Long.toString(id), clientKey, this.since,
				(display != null) ? display.topics() : List.of(), this.events.get(), this.bytes.get(),
				(display != null) ? display.lag() : 0, this.unwritableSince);
	}

}
