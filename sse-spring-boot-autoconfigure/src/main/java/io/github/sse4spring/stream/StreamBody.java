package io.github.sse4spring.stream;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * The body of one response, as the web stack sees it. Internal: a {@link StreamTransport}
 * calls it.
 *
 * @since 0.1.0
 */
public final class StreamBody {

	private final StreamEnvironment environment;

	private final Publisher<? extends SseEvent> events;

	private final StreamClient client;

	private final Runnable onOpen;

	private volatile @Nullable StreamWriter writer;

	StreamBody(StreamEnvironment environment, Publisher<? extends SseEvent> events, StreamClient client,
			Runnable onOpen) {
		this.environment = environment;
		this.events = events;
		this.client = client;
		this.onOpen = onOpen;
	}

	/**
	 * Open the stream, and subscribe to its source on the thread of the caller. Called
	 * once, before any other method.
	 * @param transport the way to the client
	 * @param context the context of the response, which the source gets with the handle
	 * of the stream added to it
	 */
	public void open(StreamTransport transport, Context context) {
		StreamWriter writer = new StreamWriter(this.environment, transport, context, this.client, this.onOpen);
		this.writer = writer;
		writer.start(Flux.from(this.events));
	}

	/**
	 * The transport has become ready: write the events that wait. On the loop of the
	 * transport.
	 */
	public void ready() {
		writer().pump();
	}

	/**
	 * End the stream without writing anything more: the client has gone. On any thread.
	 */
	public void gone() {
		writer().gone();
	}

	/**
	 * Run a task on the loop of the transport, at once if the caller is there. On any
	 * thread. If the loop refuses the task, the source is cancelled and the stream is cut
	 * as soon as the loop runs again.
	 * @param task the task
	 */
	public void run(Runnable task) {
		writer().run(task);
	}

	/** On any thread: whether the stream has closed the connection by itself. */
	boolean isAborted() {
		return this.writer != null && this.writer.isAborted();
	}

	/** Clean up after the response is over. Does nothing if the body was not opened. */
	void left() {
		if (this.writer != null) {
			this.writer.left();
		}
	}

	private StreamWriter writer() {
		StreamWriter writer = this.writer;
		if (writer == null) {
			throw new IllegalStateException("The body was not opened");
		}
		return writer;
	}

}
