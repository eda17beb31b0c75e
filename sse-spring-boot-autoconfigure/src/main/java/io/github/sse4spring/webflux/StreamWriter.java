package io.github.sse4spring.webflux;

import java.io.EOFException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes one stream: takes events from its source while the client reads, and emits them
 * in batches as the body of the response.
 */
final class StreamWriter implements Subscription {

	/*
	 * Everything here happens on the loop of the stream, so there are no locks and
	 * nothing is volatile; what may be called from elsewhere (request, cancel, end,
	 * abort, connection) goes there first or says so. "pump" is the only place that
	 * writes. It may be entered again from what it calls: the source emits when asked for
	 * more, the server asks for more when given a buffer. The inner call does nothing but
	 * set "pumpAgain", and the outer one looks again.
	 *
	 * The loop may refuse a task: because it is gone with its server, or because its
	 * queue is full while it still runs. Nothing of the stream is run elsewhere then. The
	 * source is cancelled, which any thread may do, "refused" is set, and the loop cuts
	 * the stream at its next pump, if it has one.
	 *
	 * A batch that is too large for one write stays in "rest", and nothing else is
	 * written until it is empty: so every frame is whole, and a client that does not read
	 * costs a part of a large event and not all of it.
	 *
	 * waiting -> open -> ended. Waiting: nothing is on the wire, so an error still
	 * becomes the status of the response. Open: whatever happens ends in a whole frame
	 * and a clean end, unless the client is gone.
	 */
	private enum State {

		WAITING, OPEN, ENDED

	}

	private static final int MAX_BATCHES = 16;

	private static final Log logger = LogFactory.getLog(StreamWriter.class);

	private final SseStreams streams;

	private final StreamFrames frames;

	private final Transport transport;

	private final StreamLoop loop;

	private final CoreSubscriber<? super DataBuffer> actual;

	private final long id;

	private final StreamClient client;

	private final Instant since = Instant.now();

	private final StreamPosition position;

	private final StreamDeadlines deadlines;

	/** What is to be written before the next events. */
	private final Deque<byte[]> ahead = new ArrayDeque<>();

	private final Runnable onOpen;

	private final SourceSubscriber sourceSubscriber;

	private final BatchReader batchReader;

	private State state = State.WAITING;

	private boolean pumping;

	private boolean pumpAgain;

	private long demand;

	/** What was not written yet of the batch before. */
	private @Nullable Batch rest;

	/** Whether what is written now should be looked at after its flush. */
	private boolean mustSettle;

	private boolean failureLogged;

	/** Whether the response was told the end of its body. */
	private boolean terminated;

	private byte @Nullable [] lastFrame;

	/** Whether the last frame is in a batch. */
	private boolean lastFrameTaken;

	private SseStreamEnd end = SseStreamEnd.COMPLETED;

	/** Written on the loop, read for snapshots. */
	private final AtomicLong events = new AtomicLong();

	/** Written on the loop, read for snapshots. */
	private final AtomicLong bytes = new AtomicLong();

	private volatile @Nullable Instant unwritableSince;

	/** Whether its connection was closed from here, so that an error of it is no news. */
	private volatile boolean aborted;

	/** Whether the loop has refused a task of this stream. */
	private volatile boolean refused;

	StreamWriter(SseStreams streams, Transport transport, CoreSubscriber<? super DataBuffer> actual,
			StreamClient client, Runnable onOpen) {
		this.streams = streams;
		this.frames = streams.frames();
		this.transport = transport;
		this.loop = transport.loop();
		this.deadlines = new StreamDeadlines(this.loop, this::pump,
				new StallWatch(transport, streams.settings().lifetime().stallTimeout().toNanos()), streams.keepAlive());
		this.actual = actual;
		this.id = streams.nextId();
		this.client = client;
		this.position = new StreamPosition(this.frames, client.handler());
		this.onOpen = onOpen;
		DefaultSseStream handle = new DefaultSseStream(this, this.loop, client.lastEventId());
		this.sourceSubscriber = new SourceSubscriber(this, this.loop, handle.into(actual.currentContext()));
		this.batchReader = new BatchReader(this.sourceSubscriber, this.position, streams.listeners());
	}

	/** Subscribe to the source, on the thread of the caller as its operators expect. */
	void start(Publisher<? extends SseEvent> source) {
		// Register first: disconnectClient must find this stream.
		this.streams.add(this);
		this.actual.onSubscribe(this);
		run(this::begin);
		source.subscribe(this.sourceSubscriber);
	}

	private void begin() {
		if (this.state != State.ENDED) {
			this.transport.begin(this::pump);
			this.deadlines.begin(this.streams.settings().openDelay(), this.streams.settings().lifetime().maxAge());
		}
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			run(() -> {
				boolean waited = (this.demand == 0);
				this.demand = Operators.addCap(this.demand, n);
				if (waited) {
					pump();
				}
			});
		}
	}

	@Override
	public void cancel() {
		run(() -> {
			if (this.state != State.ENDED) {
				logger.debug("The client has gone away");
				ended(SseStreamEnd.GONE);
			}
			this.streams.remove(this);
		});
	}

	/** The response is over, to its last byte. */
	void left() {
		run(() -> {
			this.deadlines.cancel();
			this.transport.left();
		});
	}

	/** On any thread: run a task on the loop, now if the caller is there. */
	void run(Runnable task) {
		if (this.loop.inLoop()) {
			task.run();
		}
		else {
			execute(task);
		}
	}

	/** On any thread: run a task on the loop, after those that it was given before. */
	void execute(Runnable task) {
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			this.refused = true;
			this.sourceSubscriber.abandon();
		}
	}

	/** On any thread: whether the loop has refused a task of this stream. */
	boolean isRefused() {
		return this.refused;
	}

	/** On any thread. */
	long id() {
		return this.id;
	}

	/** On any thread. */
	@Nullable String clientKey() {
		return this.client.key();
	}

	/** On any thread. */
	SseConnection connection() {
		SseStream.Source source = this.position.source();
		return new SseConnection(Long.toString(this.id), this.client.key(), this.since,
				(source != null) ? source.topics() : List.of(), this.events.get(), this.bytes.get(),
				(source != null) ? source.lag() : 0, this.unwritableSince);
	}

	StreamPosition position() {
		return this.position;
	}

	SourceSubscriber sourceSubscriber() {
		return this.sourceSubscriber;
	}

	void useKeepAlive(SseKeepAlive settings) {
		if (this.state != State.ENDED) {
			this.deadlines.look();
			this.deadlines.use(settings, this.frames);
			// It may be due already, and only a pump writes what is.
			execute(this::pump);
		}
	}

	/** Write a notice before the next events, unless the stream has ended. */
	void writeAhead(SseEvent notice) {
		if (this.state != State.ENDED) {
			this.ahead.add(this.frames.notice(notice));
		}
	}

	/** On any thread: end the stream on a frame boundary, for the client to come back. */
	void end(SseStreamEnd reason) {
		execute(() -> {
			endWith(this.frames.comeBack(), reason);
			pump();
		});
	}

	/**
	 * On any thread: close the connection, also if the stream has ended but the client
	 * not read its end.
	 */
	void abort(SseStreamEnd reason) {
		execute(() -> abortNow(reason, "The client did not read to the end of the stream"));
	}

	private void abortNow(SseStreamEnd reason, String why) {
		this.aborted = true;
		try {
			ended(reason);
			this.deadlines.cancel();
		}
		finally {
			// Also if there is no memory left to log with.
			if (!this.transport.abort() && !this.terminated) {
				this.terminated = true;
				// What Spring takes for a client that is gone.
				this.actual.onError(new EOFException(why));
			}
		}
	}

	/** On any thread. */
	boolean isAborted() {
		return this.aborted;
	}

	boolean isHoldingFrames() {
		return !this.ahead.isEmpty();
	}

	boolean isPumping() {
		return this.pumping;
	}

	/** Write what is waiting while the client reads. */
	void pump() {
		if (this.pumping) {
			this.pumpAgain = true;
			return;
		}
		this.pumping = true;
		try {
			this.deadlines.look();
			endIfTimeIsUp();
			if (writeBatches() && canWrite()) {
				// Others on this loop have their turn, however fast this client reads.
				execute(this::pump);
			}
			armOrSettle();
		}
		catch (Throwable ex) {
			// A batch that was taken could not be written: only a cut tells the client of
			// the hole. The cut comes first, since logging may fail too.
			abortNow(SseStreamEnd.FAILED, "A batch could not be written");
			logger.error(this.client.describe(this.id) + " was cut, since a batch could not be written", ex);
		}
		finally {
			this.loop.batch().clear();
			this.pumping = false;
		}
	}

	/** Returns whether there may be more. */
	private boolean writeBatches() {
		boolean more = true;
		for (int i = 0; more && i < MAX_BATCHES; i++) {
			this.pumpAgain = false;
			more = canWrite() && (writeBatch() || this.pumpAgain);
		}
		return more;
	}

	private void armOrSettle() {
		if (this.mustSettle) {
			this.mustSettle = false;
			// Behind the flush, which the server has handed to the loop.
			execute(() -> this.deadlines.settle(this.demand == 0));
		}
		else {
			this.deadlines.arm();
		}
	}

	private void endIfTimeIsUp() {
		if (this.refused && this.state != State.ENDED) {
			abortNow(SseStreamEnd.FAILED, "The event loop has refused a task");
		}
		else if (this.deadlines.hasStalled(this.demand == 0)) {
			logger.debug("The client has taken nothing for the stall timeout");
			abortNow(SseStreamEnd.STALLED, "The client does not read");
		}
		else if (this.deadlines.isTooOld()) {
			endWith(this.frames.comeBack(), SseStreamEnd.AGED);
		}
	}

	private boolean canWrite() {
		boolean writable = this.demand > 0 && this.transport.isWritable();
		if (writable != (this.unwritableSince == null)) {
			this.unwritableSince = writable ? null : Instant.now();
		}
		return writable && this.state != State.ENDED;
	}

	/**
	 * Write one batch, or a part of it.
	 * @return whether there may be more
	 */
	private boolean writeBatch() {
		if (this.rest != null) {
			emit(this.rest);
			return true;
		}
		Batch batch = this.loop.batch();
		boolean more = fill(batch);
		return !this.terminated && emit(batch) && more;
	}

	/**
	 * Fill a batch with events, and with what the stream has to say by itself.
	 * @return whether there may be more events: a direct source says so when there are
	 */
	private boolean fill(Batch batch) {
		Throwable failure = takeEvents(batch);
		boolean more = batch.isFull() || !this.sourceSubscriber.isDirect();
		if (failure instanceof SseLagException) {
			this.failureLogged = true;
			endWith(this.frames.comeBack(), SseStreamEnd.LAGGED);
			failure = null;
		}
		if (failure != null && this.state == State.WAITING && batch.isEmpty()) {
			this.failureLogged = true;
			ended(SseStreamEnd.FAILED);
			this.terminated = true;
			this.actual.onError(failure);
			return false;
		}
		if (failure != null) {
			logFailure(failure);
			endWith(this.frames.error(failure), SseStreamEnd.FAILED);
		}
		// What an operator has failed with was handed over, but will not arrive.
		addOwnFrames(batch, failure == null);
		return more;
	}

	private void addOwnFrames(Batch batch, boolean mayMove) {
		byte[] keepAlive = (batch.isEmpty() && this.lastFrame == null) ? this.deadlines.dueKeepAlive() : null;
		boolean mustMove = mayMove && (!batch.isEmpty() || keepAlive != null);
		byte[] move = mustMove ? this.position.move(this.sourceSubscriber.isDirect()) : null;
		// A source adds a notice before it moves past it: so no move passes a notice
		// here.
		this.position.addAhead(batch, this.sourceSubscriber.isDirect());
		batch.add(move);
		if (keepAlive != null) {
			batch.add(keepAlive);
			this.streams.listeners().tell(SseStreamListener::onKeepAlive);
		}
		batch.add(this.lastFrame);
		this.lastFrameTaken = (this.lastFrame != null);
		boolean mustOpen = !batch.isEmpty() || this.lastFrame != null || this.deadlines.mustOpen();
		if (this.state == State.WAITING && mustOpen) {
			this.state = State.OPEN;
			this.deadlines.opened();
			this.onOpen.run();
			batch.addFirst(this.frames.opening());
			this.streams.listeners().tell((listener) -> listener.onOpen(connection()));
		}
	}

	private @Nullable Throwable takeEvents(Batch batch) {
		while (!this.ahead.isEmpty()) {
			batch.add(this.ahead.remove());
		}
		if (this.lastFrame != null) {
			return null;
		}
		Throwable failure = this.batchReader.fill(batch);
		if (failure == null && this.batchReader.isAtEnd()) {
			this.lastFrame = this.frames.completed();
		}
		return failure;
	}

	private void endWith(byte[] lastFrame, SseStreamEnd reason) {
		if (this.state != State.ENDED && this.lastFrame == null) {
			this.sourceSubscriber.cancel();
			this.lastFrame = lastFrame;
			this.end = reason;
		}
	}

	/**
	 * Emit a batch, or a part of it.
	 * @return whether something was written and the stream goes on
	 */
	private boolean emit(Batch batch) {
		DataBuffer buffer = batch.isEmpty() ? null : this.transport.take(batch);
		keepRest(batch);
		boolean last = this.lastFrameTaken && this.rest == null;
		int taken = this.batchReader.takeCount();
		this.events.lazySet(this.events.get() + taken);
		if (buffer != null) {
			this.bytes.lazySet(this.bytes.get() + buffer.readableByteCount());
			this.demand--;
			boolean rested = this.deadlines.written();
			this.mustSettle = (this.mustSettle || rested) && !last;
			this.actual.onNext(buffer);
		}
		if (taken > 0) {
			this.streams.listeners().tell((listener) -> listener.onBatch(taken, this.batchReader.delay()));
		}
		if (last && !this.terminated) {
			ended(this.end);
			this.terminated = true;
			this.actual.onComplete();
		}
		return buffer != null && !last;
	}

	private void keepRest(Batch batch) {
		if (batch.isEmpty()) {
			this.rest = null;
		}
		else if (this.rest == null) {
			this.rest = batch;
			this.loop.leaveBatch();
		}
	}

	private void ended(SseStreamEnd reason) {
		if (this.state == State.ENDED) {
			return;
		}
		boolean open = (this.state == State.OPEN);
		this.state = State.ENDED;
		this.ahead.clear();
		this.rest = null;
		this.sourceSubscriber.cancel();
		if (!this.failureLogged && this.sourceSubscriber.error() != null) {
			logFailure(this.sourceSubscriber.error());
		}
		this.deadlines.ended();
		this.transport.release();
		if (open) {
			this.streams.listeners().tell((listener) -> listener.onEnd(connection(), reason, this.deadlines.open()));
		}
	}

	private void logFailure(Throwable failure) {
		this.failureLogged = true;
		logger.error(this.client.describe(this.id) + " has failed after it was opened", failure);
	}

}
