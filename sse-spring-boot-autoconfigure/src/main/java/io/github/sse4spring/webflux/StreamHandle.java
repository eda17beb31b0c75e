package io.github.sse4spring.webflux;

import java.util.List;
import java.util.concurrent.Executor;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;

/**
 * What sources see of a stream. Called on any thread, it hands everything to the loop.
 */
final class StreamHandle implements SseStream {

	private final StreamWriter writer;

	private final Loop loop;

	private final @Nullable SseLastEventId lastEventId;

	StreamHandle(StreamWriter writer, Loop loop, @Nullable SseLastEventId lastEventId) {
		this.writer = writer;
		this.loop = loop;
		this.lastEventId = lastEventId;
	}

	@Override
	public Executor executor() {
		return this.loop;
	}

	@Override
	public @Nullable SseLastEventId lastEventId() {
		return this.lastEventId;
	}

	@Override
	public void keepAlive(SseKeepAlive keepAlive) {
		this.loop.run(() -> this.writer.useKeepAlive(keepAlive));
	}

	@Override
	public @Nullable String resumeAfter() {
		return this.writer.position().resumeAfter();
	}

	@Override
	public boolean hasAllArrived() {
		return this.writer.position().hasAllArrived();
	}

	@Override
	public boolean isOnlyOneBehind(CoreSubscriber<?> subscriber) {
		Object current = subscriber;
		while (current != null && current != this.writer.inlet()) {
			// An operator that shares has no actual subscriber, but several inner ones.
			current = Scannable.from(current).scanUnsafe(Scannable.Attr.ACTUAL);
		}
		return current != null;
	}

	@Override
	public void attach(Source source) {
		StreamPosition position = this.writer.position();
		String start = source.position();
		SseEvent notice = source.pollNotice();
		List<SseEvent> left = position.attach(source);
		this.loop.execute(() -> {
			left.forEach(this.writer::writeAhead);
			this.writer.writeAhead(position.start(start, notice));
			this.writer.pump();
		});
	}

	@Override
	public void write(SseEvent notice) {
		this.loop.execute(() -> {
			this.writer.writeAhead(notice);
			this.writer.pump();
		});
	}

	@Override
	public void end() {
		this.writer.end(SseStreamEnd.LAGGED);
	}

}
