package io.github.sse4spring.stream;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.SseStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.Fuseable.QueueSubscription;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * Receives the signals of the source on any thread, and passes them on to the loop of the
 * stream.
 */
final class SourceSubscriber implements CoreSubscriber<SseEvent> {

	/*
	 * The thread of the source writes the queue, then "done". Then it wakes the loop: it
	 * sets "woken" and, if "woken" was not set, hands the loop a task. That task clears
	 * "woken" before it reads the queue and "done", so a later signal sets "woken" again
	 * and gets a task of its own. "source", "queue", "fusion" and "direct" are written
	 * before the task that sets "begun" is handed to the loop, and the loop does not read
	 * them before that task. "error" is written before "done". All other fields that are
	 * not volatile are used on the loop only.
	 *
	 * A source that emits on the loop wakes the writer with a task too, so that events
	 * which it emits one after another are written as one batch. Two kinds of signals
	 * need no task. If the writer is inside its pump, it only has to look again. A direct
	 * source signals when all of its events can be polled, so the writer can take them at
	 * once.
	 *
	 * Fusion: in SYNC mode the source is polled on the loop. Without fusion its events
	 * would be requested on the loop, so they are produced on the same thread in both
	 * cases. ASYNC is requested with THREAD_BARRIER, since without it the function of
	 * publishOn(..).map(..) would move to the loop. It is requested without
	 * THREAD_BARRIER only if the operators lead straight to a source that lives on the
	 * loop.
	 *
	 * Demand: events are requested in windows. The next window is requested when all
	 * events of the window before were taken, and so only while the client reads. While
	 * events are small, each window is twice as large as the one before, up to 16 events.
	 * It falls back to one event when a batch reaches its maximum number of bytes.
	 */
	private static final int MAX_WINDOW = 16;

	private static final Log logger = LogFactory.getLog(SourceSubscriber.class);

	private final StreamControl writer;

	private final StreamLoop loop;

	private final StreamPosition position;

	private final Context context;

	private final AtomicBoolean woken = new AtomicBoolean();

	/** Volatile, since any thread may abandon it. */
	private volatile @Nullable Subscription source;

	private Queue<SseEvent> queue = Queues.<SseEvent>empty().get();

	private int fusion = Fuseable.NONE;

	private int window = 1;

	private int outstanding;

	private boolean begun;

	private boolean direct;

	private volatile boolean cancelled;

	private @Nullable Throwable error;

	private volatile boolean done;

	SourceSubscriber(StreamControl writer, StreamLoop loop, StreamPosition position, Context context,
			@Nullable SseLastEventId lastEventId) {
		this.writer = writer;
		this.loop = loop;
		this.position = position;
		this.context = new DefaultSseStream(writer, loop, position, this, lastEventId).into(context);
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	@SuppressWarnings("unchecked")
	public void onSubscribe(Subscription subscription) {
		if (!Operators.validate(this.source, subscription)) {
			return;
		}
		if (subscription instanceof QueueSubscription) {
			fuse((QueueSubscription<SseEvent>) subscription, this.position.source());
		}
		if (this.fusion == Fuseable.NONE) {
			this.queue = Queues.<SseEvent>get(MAX_WINDOW).get();
		}
		this.source = subscription;
		this.writer.execute(this::begin);
	}

	private void fuse(QueueSubscription<SseEvent> subscription, SseStream.@Nullable Source source) {
		if (source != null && leadsTo(subscription, source)) {
			boolean polledByAnother = source.isPolled();
			this.fusion = subscription.requestFusion(Fuseable.ASYNC);
			// An operator with a queue of its own grants fusion too, and then requests
			// or polls the events of the source by itself.
			this.direct = (this.fusion != Fuseable.NONE && source.isPolled() && !polledByAnother);
			if (this.direct) {
				this.position.becomeDirect();
			}
		}
		if (this.fusion == Fuseable.NONE) {
			this.fusion = subscription.requestFusion(Fuseable.SYNC);
		}
		if (this.fusion == Fuseable.NONE) {
			this.fusion = subscription.requestFusion(Fuseable.ASYNC | Fuseable.THREAD_BARRIER);
		}
		if (this.fusion != Fuseable.NONE) {
			this.queue = subscription;
		}
	}

	/**
	 * Return whether all operators between the subscription and the source emit on the
	 * thread of the source.
	 */
	private static boolean leadsTo(Subscription subscription, SseStream.Source source) {
		Object current = subscription;
		while (current != source) {
			Scannable scannable = Scannable.from(current);
			if (scannable.scan(Scannable.Attr.RUN_STYLE) != Scannable.Attr.RunStyle.SYNC) {
				return false;
			}
			current = scannable.scan(Scannable.Attr.PARENT);
		}
		return true;
	}

	@Override
	public void onNext(@Nullable SseEvent event) {
		if (this.done) {
			return;
		}
		if (this.fusion == Fuseable.NONE) {
			this.position.arrived(Objects.requireNonNull(event));
			if (!this.queue.offer(event)) {
				requiredSource().cancel();
				onError(new IllegalStateException("The source emitted more events than were requested"));
				return;
			}
		}
		if (this.direct && this.loop.inLoop()) {
			this.writer.pump();
		}
		else {
			wake();
		}
	}

	@Override
	public void onError(Throwable ex) {
		if (this.done || this.cancelled) {
			Operators.onErrorDropped(ex, this.context);
			return;
		}
		this.error = ex;
		onComplete();
	}

	@Override
	public void onComplete() {
		this.done = true;
		wake();
	}

	private void wake() {
		if (this.loop.inLoop() && this.writer.isPumping()) {
			this.writer.pump();
		}
		else if (this.woken.compareAndSet(false, true)) {
			this.writer.execute(this::woken);
		}
	}

	private void woken() {
		this.woken.set(false);
		this.writer.pump();
	}

	private void begin() {
		this.begun = true;
		if (this.cancelled) {
			letGo();
		}
		else if (this.writer.isRefused()) {
			letGo();
			this.writer.pump();
		}
		else {
			askForMore();
			this.writer.pump();
		}
	}

	private void askForMore() {
		if (this.fusion != Fuseable.SYNC && this.outstanding == 0 && !this.cancelled) {
			this.outstanding = this.window;
			this.window = Math.min(this.window * 2, MAX_WINDOW);
			requiredSource().request(this.outstanding);
		}
	}

	/** On the loop: take the next event that is waiting, if one is. */
	@Nullable SseEvent poll() {
		if (!this.begun) {
			return null;
		}
		if (this.outstanding == 0) {
			askForMore();
		}
		boolean wasDone = this.done;
		SseEvent event = this.queue.poll();
		if (event == null && this.done && !wasDone) {
			// The source ended during this poll. A fused operator, such as doOnComplete,
			// notices the end only when it is polled again.
			event = this.queue.poll();
		}
		if (event != null && this.fusion != Fuseable.NONE) {
			this.position.arrived(event);
		}
		if (this.fusion == Fuseable.SYNC) {
			this.done |= (event == null);
		}
		else if (event != null) {
			this.outstanding--;
		}
		return event;
	}

	/**
	 * On the loop: whether events are polled straight from the attached source.
	 */
	boolean isDirect() {
		return this.begun && this.direct;
	}

	/**
	 * On the loop: request one event at a time, since events are so large that they fill
	 * batches.
	 */
	void narrow() {
		this.window = 1;
	}

	/** On the loop: whether the source has ended and all of its events are taken. */
	boolean isExhausted() {
		// A source that is polled in SYNC mode has ended when it returns nothing.
		return this.begun && this.done && (this.fusion == Fuseable.SYNC || this.queue.isEmpty());
	}

	/** The failure of the source, once it has ended with one. */
	@Nullable Throwable error() {
		return this.error;
	}

	/** On the loop: cancel the source, and discard the events that wait. */
	void cancel() {
		if (!this.cancelled) {
			this.cancelled = true;
			if (this.begun) {
				letGo();
			}
		}
	}

	/**
	 * On any thread: cancel the source, since the loop has refused a task. If the source
	 * is not set yet, it is cancelled when it begins.
	 */
	void abandon() {
		Subscription source = this.source;
		if (source != null) {
			source.cancel();
		}
	}

	private void letGo() {
		try {
			if (!this.done) {
				requiredSource().cancel();
			}
			this.queue.clear();
		}
		catch (Throwable ex) {
			// The stream ends nevertheless.
			logger.error("The source of an event stream has failed when it was cancelled", ex);
		}
	}

	private Subscription requiredSource() {
		return Objects.requireNonNull(this.source);
	}

}
