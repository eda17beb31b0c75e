package io.github.sse4spring.stream;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

/**
 * The handle of a stream for its sources. Its methods may be called on any thread. A
 * method that writes to the stream or ends it hands that work to the loop.
 */
final class DefaultSseStream implements SseStream {

	private final StreamControl writer;

	private final StreamLoop loop;

	private final StreamPosition position;

	private final CoreSubscriber<?> sourceSubscriber;

	private final @Nullable SseLastEventId lastEventId;

	DefaultSseStream(StreamControl writer, StreamLoop loop, StreamPosition position, CoreSubscriber<?> sourceSubscriber,
			@Nullable SseLastEventId lastEventId) {
		this.writer = writer;
		this.loop = loop;
		this.position = position;
		this.sourceSubscriber = sourceSubscriber;
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
	public void keepAlive(SseStream.KeepAlive settings) {
		this.writer.run(() -> this.writer.useKeepAlive(settings));
	}

	@Override
	public @Nullable String resumeAfter() {
		return this.position.resumeAfter();
	}

	@Override
	public boolean hasAllArrived() {
		return this.position.hasAllArrived();
	}

	@Override
	public boolean isOnlyOneBehind(CoreSubscriber<?> subscriber) {
		return OperatorChain.leads(subscriber, this.sourceSubscriber);
	}

	@Override
	public @Nullable Consumer<String> attach(Source source, CoreSubscriber<?> subscriber) {
		boolean inOrder = OperatorChain.keepsOrder(subscriber, this.sourceSubscriber);
		Consumer<String> handedOver = this.position.attach(source, inOrder);
		wake();
		return handedOver;
	}

	@Override
	public void wake() {
		this.writer.execute(this.writer::pump);
	}

	@Override
	public void write(SseEvent notice) {
		this.writer.execute(() -> {
			this.writer.writeAhead(notice);
			this.writer.pump();
		});
	}

	@Override
	public void end() {
		this.writer.end(SseStreamEnd.LAGGED);
	}

}
