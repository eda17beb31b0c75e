package io.github.sse4spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The handle of one open event stream, for the sources of its events. The writer of a
 * response puts one into the Reactor Context, so that it reaches past all operators. An
 * operator or a source finds it there with {@link #from(ContextView)}. There is none for
 * a service or a test that subscribes by itself.
 *
 * <p>
 * All methods may be called from any thread.
 *
 * @since 0.1.0
 */
public interface SseStream {

	/**
	 * Return the executor that owns the stream. It runs its tasks in order, on one thread
	 * at a time, and the same thread encodes and writes the events. A task must not
	 * block.
	 * @return the event loop of the connection
	 */
	Executor executor();

	/**
	 * Return the id of the last event that the client has seen.
	 * @return the id, or {@code null} if the client sent none
	 */
	@Nullable SseLastEventId lastEventId();

	/**
	 * Use these keep-alive settings for the stream. The first call wins. It is that of
	 * the outermost operator, since operators are subscribed to from the outside in.
	 * @param settings the settings
	 */
	void keepAlive(SseStream.KeepAlive settings);

	/**
	 * Give a source the position of this stream: the client resumes from the ids of the
	 * source, and the stream opens now. Only one source at a time can have the position.
	 * @param source the source, before it has handed over an event
	 * @param subscriber the subscriber that the source emits its events to
	 * @return receives the id of each event before the source hands it over, or
	 * {@code null} if the stream does not need that. It is needed where events may reach
	 * the stream in another order
	 * @throws IllegalStateException if another source has the position and has not ended
	 */
	@Nullable Consumer<String> attach(Source source, CoreSubscriber<?> subscriber);

	/**
	 * Let the stream poll the notices of its source soon. For a notice without an event
	 * behind it.
	 */
	void wake();

	/**
	 * Return the position at which the last attached source has ended. The next source
	 * begins there, whatever last event ID the client has sent.
	 * @return the id after which to begin, or {@code null} if no source was attached
	 */
	@Nullable String resumeAfter();

	/**
	 * Return whether every event that the sources attached so far have handed over has
	 * reached this stream. An operator that requests more events than it emits may have
	 * dropped some when its source ended.
	 * @return {@code false} if events may be missing, {@code true} if no source was
	 * attached
	 */
	boolean hasAllArrived();

	/**
	 * Return whether the events of a subscriber reach this stream and no other one: no
	 * operator between the two shares them.
	 * @param subscriber a subscriber that was subscribed for this stream
	 * @return {@code false} also if that cannot be seen
	 */
	boolean isOnlyOneBehind(CoreSubscriber<?> subscriber);

	/**
	 * Write a notice as soon as the client reads, past all operators. For a source
	 * without the position of the stream. The notices of a source that has it are
	 * {@linkplain Source#pollNotice() polled}.
	 * @param notice the notice
	 */
	void write(SseEvent notice);

	/**
	 * End the stream on a frame boundary, for the client to come back.
	 */
	void end();

	/**
	 * Find the stream of a subscriber.
	 * @param context the context of the subscriber
	 * @return the stream, or {@code null} if there is none
	 */
	static @Nullable SseStream from(ContextView context) {
		return context.getOrDefault(SseStream.class, null);
	}

	/**
	 * Add this stream to the context of a subscriber.
	 * @param context the context of the response
	 * @return the context with this stream
	 */
	default Context into(Context context) {
		return context.put(SseStream.class, this);
	}

	/**
	 * The settings of a keep-alive.
	 *
	 * @param enabled whether comments are written
	 * @param maxInterval the longest time without any bytes, 100 ms to 365 days, or
	 * {@code null} for that of the application
	 * @param comment the comment to write, or {@code null} for that of the application
	 */
	record KeepAlive(boolean enabled, @Nullable Duration maxInterval, @Nullable String comment) {

	}

	/**
	 * The source of the events of a stream. It hands them over in their order, and knows
	 * its position.
	 */
	interface Source {

		/**
		 * Return how far the source has come. On any thread.
		 * @return a snapshot
		 */
		Progress progress();

		/**
		 * Take the next notice, which stands before the event that was handed over last.
		 * On the {@linkplain SseStream#executor() executor} of the stream.
		 * @return the notice, or {@code null} if there is none
		 */
		@Nullable SseEvent pollNotice();

		/**
		 * Return whether the events are polled from the source (ASYNC fusion). An
		 * operator with a queue of its own requests them instead. On the executor of the
		 * stream.
		 * @return {@code true} once fusion was granted
		 */
		boolean isPolled();

		/**
		 * Return whether the source has ended, for any reason. On any thread.
		 * @return {@code true} from its end on
		 */
		boolean hasEnded();

		/**
		 * Return the state of the source, for display. On any thread.
		 * @return the state, which changes as the source reads
		 */
		Display display();

	}

	/**
	 * How far a source has come at one moment. Immutable.
	 */
	interface Progress {

		/**
		 * Return the id of the event that was handed over last.
		 * @return the id, or the position at which the source began if no event was
		 * handed over yet
		 */
		String handedOver();

		/**
		 * Return the position of the source: behind the event that was handed over last,
		 * or further on if events behind it were left out.
		 * @return the id to resume after
		 */
		String position();

		/**
		 * Return whether only one event can have the id {@link #handedOver()}. The ids of
		 * a publisher may be repeated.
		 * @return {@code true} for an id of a hub
		 */
		boolean isUnique();

		/**
		 * Return the position of a client that has received an id and every event that
		 * was handed over before it.
		 * @param id the id that the client has received last
		 * @return the id to resume after, or {@code null} if another event was handed
		 * over since, or may have been
		 */
		default @Nullable String positionAfter(String id) {
			return (id.equals(handedOver()) && isUnique()) ? position() : null;
		}

	}

	/**
	 * The state of a source, for display and meters. Its values may be slightly out of
	 * date. All methods may be called from any thread.
	 */
	interface Display {

		/**
		 * Return the topics that the source reads.
		 * @return the topics
		 */
		List<String> topics();

		/**
		 * Return how many events the source is behind, over all topics.
		 * @return the number of events
		 */
		long lag();

		/**
		 * Return whether the source hands over events as they are published.
		 * @return {@code false} while it still catches up with older events
		 */
		boolean isLive();

	}

}
