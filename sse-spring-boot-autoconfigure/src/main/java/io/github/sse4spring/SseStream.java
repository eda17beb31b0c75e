package io.github.sse4spring;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
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
	 * @param settings the settings
	 */
	void keepAlive(SseKeepAlive.Settings settings);

	/**
	 * Let a source have the position of this stream: its ids are those that the client
	 * resumes from, and the stream opens now. Only one source at a time can have it.
	 * @param source the source, before it has handed over anything
	 * @param subscriber the subscriber that the source hands its events to
	 * @return what the source must give the id of each event before it hands that event
	 * over, or {@code null} if the stream does not need it: events may come to the stream
	 * in another order
	 * @throws IllegalStateException if another source has it that has not ended
	 */
	@Nullable Consumer<String> attach(Source source, CoreSubscriber<?> subscriber);

	/**
	 * Look for notices of the source soon: it has one, and perhaps no event behind it.
	 */
	void wake();

	/**
	 * Return where the source that was attached last has ended. The next one begins
	 * there, whatever the client has sent.
	 * @return the id after which to begin, or {@code null} if none was attached
	 */
	@Nullable String resumeAfter();

	/**
	 * Return whether all that the sources attached so far have handed over has come to
	 * this stream: an operator that asks for more than it passes on may have thrown some
	 * of it away when its source ended.
	 * @return {@code false} if something may be missing, {@code true} if none was
	 * attached
	 */
	boolean hasAllArrived();

	/**
	 * Return whether what is handed to a subscriber comes to this stream and to no other:
	 * not behind an operator that shares it.
	 * @param subscriber a subscriber that was subscribed for this stream
	 * @return {@code false} also if that cannot be known
	 */
	boolean isOnlyOneBehind(CoreSubscriber<?> subscriber);

	/**
	 * Write a notice as soon as the client reads, past all operators. For a source
	 * without the position of the stream; the notices of one that has it are
	 * {@linkplain Source#pollNotice() polled}.
	 * @param notice the notice
	 */
	void write(SseEvent notice);

	/**
	 * End the stream on a frame boundary, for the client to come back.
	 */
	void end();

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

	/**
	 * Hands over the events of a stream in their order, and knows its position. Unless
	 * stated otherwise its methods are called on the {@linkplain SseStream#executor()
	 * owner} of the stream.
	 */
	interface Source {

		/**
		 * Return the position after what was handed over last, also if an operator has
		 * filtered it out. Called on any thread.
		 * @return the id to resume after
		 */
		String position();

		/**
		 * Return whether an id is that of what was handed over last, or of the start if
		 * nothing was yet. Called on any thread.
		 * @param id the id
		 * @return {@code true} if nothing was handed over after it
		 */
		boolean hasHandedOverLast(String id);

		/**
		 * Return where a client is that was told an id and has got everything that was
		 * handed over with it: further on, if what came after that was left out.
		 * @param id the id that the client was told last
		 * @return the id to resume after, or {@code null} if something else was handed
		 * over since, or may have been
		 */
		@Nullable String positionAfter(String id);

		/**
		 * Take the next notice, which stands before what was handed over last.
		 * @return the notice, or {@code null} if there is none
		 */
		@Nullable SseEvent pollNotice();

		/**
		 * Return whether its events are polled (ASYNC fusion): an operator with a queue
		 * of its own requests them instead.
		 * @return {@code true} once fusion was granted
		 */
		boolean isPolled();

		/**
		 * Return whether what it hands over was published after it began, or has been
		 * waited for: not while it catches up.
		 * @return {@code false} while it hands over what was there before
		 */
		boolean isLive();

		/**
		 * Return the topics that it reads. Called on any thread.
		 * @return the topics
		 */
		List<String> topics();

		/**
		 * Return how many events it is behind, of all topics. Called on any thread, and
		 * perhaps a little old.
		 * @return the number of events
		 */
		long lag();

		/**
		 * Return whether this source has ended, in whatever way. Called on any thread.
		 * @return {@code true} from its end on
		 */
		boolean hasEnded();

	}

}
