package io.github.sse4spring;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The handle of one open event stream, for those who produce its events. Whoever writes a
 * {@code Flux<SseEvent>} into a response puts one into the Reactor Context, so that it
 * reaches past any operators; an operator or a source finds it there with
 * {@link #from(ContextView)}. Services and tests that subscribe by themselves have none.
 *
 * <p>
 * All methods may be called from any thread.
 *
 * @since 0.1.0
 */
public interface SseStream {

	/**
	 * Return the executor that owns the stream: what it runs, it runs in order on one
	 * thread at a time, the same one that encodes and writes the events. Its tasks must
	 * not block.
	 * @return the event loop of the connection
	 */
	Executor executor();

	/**
	 * Return the id of the last event that the client has seen.
	 * @return the id, or {@code null} if the client sent none
	 */
	@Nullable SseLastEventId lastEventId();

	/**
	 * Use these keep-alive settings for the stream. The first call wins, which is that of
	 * the outermost operator, since subscribing goes from the outside in.
	 * @param keepAlive the settings
	 */
	void keepAlive(SseKeepAlive keepAlive);

	/**
	 * Find the stream that a subscriber belongs to.
	 * @param context the context of the subscriber
	 * @return the stream, or {@code null} if there is none
	 */
	static @Nullable SseStream from(ContextView context) {
		return context.getOrDefault(SseStream.class, null);
	}

	/**
	 * Put this stream into the context of those who subscribe for it.
	 * @param context the context of the response
	 * @return the context with this stream
	 */
	default Context into(Context context) {
		return context.put(SseStream.class, this);
	}

}
