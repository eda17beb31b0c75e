package io.github.sse4spring.stream;

import java.util.concurrent.RejectedExecutionException;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.util.context.Context;

/**
 * Writes one stream: takes events from its source while the client reads, and writes them
 * in batches to the transport.
 */
final class StreamWriter implements StreamControl, OpenStream {

	/*
	 * All fields that change are used on the loop of the stream only, except the volatile
	 * ones. So there are no locks. A method that may be called on any thread hands its
	 * work on these fields to the loop. "pump" is the only method that writes. It may be
	 * entered again from what it calls: the source emits when it is asked for more, and
	 * the transport becomes ready when it is given bytes. The inner call only sets
	 * "pumpAgain". The outer call then fills another batch.
	 *
	 * The loop may refuse a task, because it has terminated with its server or because
	 * its queue is full. The task is not run on another thread. Instead "refused" is set,
	 * and the source is cancelled, which any thread may do. If the loop still runs, its
	 * next pump cuts the stream.
	 *
	 * A batch that is too large for one write stays in "rest", and nothing else is
	 * written until it is empty. So frames are never mixed. For a client that does not
	 * read, only a part of a large event is handed to the transport.
	 *
	 * waiting -> open -> ended. Waiting: nothing is on the wire, so an error still
	 * becomes the status of the response. Open: the stream ends cleanly after a whole
	 * frame, unless the client has gone or the stream closes the connection.
	 */
	private enum State {

		WAITING, OPEN, ENDED

	}

	private static final int MAX_BATCHES = 16;

	private static final Log logger = LogFactory.getLog(StreamWriter.class);

	private final StreamEnvironment environment;

	private final StreamFrames frames;

	private final StreamTransport transport;

	private final StreamLoop loop;

	private final long id;

	private final StreamClient client;

	private final StreamStatistics statistics = new StreamStatistics();

	private final StreamPosition position;

	private final StreamDeadlines deadlines;

	private final Runnable onOpen;

	private final SourceSubscriber sourceSubscriber;

	private final BatchReader batchReader;

	private final BatchFiller filler;

	private State state = State.WAITING;

	private boolean pumping;

	private boolean pumpAgain;

	/** The part of the last batch that is not written yet. */
	private @Nullable StreamBatch rest;

	/** Whether the stall watch looks right after the flush of this pump. */
	private boolean mustSettle;

	private boolean failureLogged;

	private SseStreamEnd end = SseStreamEnd.COMPLETED;

	/**
	 * Whether the stream has closed its connection. An error of the response is then
	 * expected.
	 */
	private volatile boolean aborted;

	private volatile boolean refused;

	StreamWriter(StreamEnvironment environment, StreamTransport transport, Context context, StreamClient client,
			Runnable onOpen) {
		this.environment = environment;
		this.frames = environment.frames();
		this.transport = transport;
		this.loop = transport.loop();
		this.deadlines = new StreamDeadlines(this.loop, this::pump,
				new StallWatch(transport, environment.settings().lifetime().stallTimeout().toNanos()),
				environment.keepAlive());
		this.id = environment.open().nextId();
		this.client = client;
		this.position = new StreamPosition(this.frames, client.handler());
		this.onOpen = onOpen;
		this.sourceSubscriber = new SourceSubscriber(this, this.loop, this.position, context, client.lastEventId());
		this.batchReader = new BatchReader(this.sourceSubscriber, this.position, environment.listeners());
		this.filler = new BatchFiller(this.batchReader, this.position, this.deadlines, environment.listeners(),
				this.frames.completed());
	}

	/**
	 * Start the stream, and subscribe to the source on the thread of the caller, as
	 * operators expect. Called once.
	 */
	void start(Publisher<? extends SseEvent> source) {
		// Add the stream first, so that disconnectClient finds it from now on.
		this.environment.open().add(this);
		this.transport.start();
		run(this::begin);
		source.subscribe(this.sourceSubscriber);
	}

	private void begin() {
		if (this.state != State.ENDED) {
			this.transport.begin();
			SseStreamSettings settings = this.environment.settings();
			this.deadlines.begin(settings.openDelay(), settings.lifetime().maxAge());
		}
	}

	/** On any thread: end the stream, since the client has gone. */
	void gone() {
		run(() -> {
			if (this.state != State.ENDED) {
				logger.debug("The client has gone away");
				ended(SseStreamEnd.GONE);
			}
			this.environment.open().remove(this);
		});
	}

	/** On any thread: clean up after the response, which is over to its last byte. */
	void left() {
		this.environment.open().remove(this);
		run(() -> {
			this.deadlines.cancel();
			this.transport.left();
		});
	}

	@Override
	public void run(Runnable task) {
		if (this.loop.inLoop()) {
			task.run();
		}
		else {
			execute(task);
		}
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			this.refused = true;
			this.sourceSubscriber.abandon();
		}
	}

	@Override
	public boolean isRefused() {
		return this.refused;
	}

	@Override
	public long id() {
		return this.id;
	}

	@Override
	public @Nullable String clientKey() {
		return this.client.key();
	}

	@Override
	public SseConnection connection() {
		return this.statistics.snapshot(this.id, this.client.key(), this.position.source());
	}

	@Override
	public void useKeepAlive(SseStream.KeepAlive settings) {
		if (this.state != State.ENDED) {
			this.deadlines.look();
			this.deadlines.use(settings, this.frames);
			// The keep-alive may be due already, and only a pump writes it.
			execute(this::pump);
		}
	}

	@Override
	public void writeAhead(SseEvent notice) {
		if (this.state != State.ENDED) {
			this.filler.addAhead(this.frames.notice(notice));
		}
	}

	@Override
	public void end(SseStreamEnd reason) {
		execute(() -> {
			endWith(this.frames.comeBack(), reason);
			pump();
		});
	}

	@Override
	public void abort(SseStreamEnd reason) {
		execute(() -> abortNow(reason, "The client did not read to the end of the stream"));
	}

	private void abortNow(SseStreamEnd reason, String why) {
		this.aborted = true;
		try {
			ended(reason);
			this.deadlines.cancel();
		}
		finally {
			// Close the connection even if the code above throws, for example because no
			// memory is left.
			this.transport.abort(why);
		}
	}

	/** On any thread: whether the stream has closed its connection. */
	boolean isAborted() {
		return this.aborted;
	}

	@Override
	public boolean isPumping() {
		return this.pumping;
	}

	@Override
	public void pump() {
		if (this.pumping) {
			this.pumpAgain = true;
			return;
		}
		this.pumping = true;
		try {
			this.deadlines.look();
			endIfTimeIsUp();
			if (writeBatches() && canWrite()) {
				// Let the other streams of this loop write first.
				execute(this::pump);
			}
			armOrSettle();
		}
		catch (Throwable ex) {
			// Events may have been taken for a batch that could not be written. Close
			// the connection, so that the client reconnects and resumes before them. Do
			// it before logging, since logging may fail too.
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
			// Run this task after the flush, which the server has handed to the loop as
			// a task too.
			execute(this.deadlines::settle);
		}
		else {
			this.deadlines.arm();
		}
	}

	private void endIfTimeIsUp() {
		if (this.refused && this.state != State.ENDED) {
			abortNow(SseStreamEnd.FAILED, "The event loop has refused a task");
		}
		else if (this.deadlines.hasStalled()) {
			logger.debug("The client has taken nothing for the stall timeout");
			abortNow(SseStreamEnd.STALLED, "The client does not read");
		}
		else if (this.deadlines.isTooOld()) {
			endWith(this.frames.comeBack(), SseStreamEnd.AGED);
		}
	}

	private boolean canWrite() {
		boolean ready = this.transport.isReady();
		this.statistics.ready(ready);
		return ready && this.state != State.ENDED;
	}

	/**
	 * Write one batch, or a part of it.
	 * @return whether there may be more
	 */
	private boolean writeBatch() {
		if (this.rest != null) {
			write(this.rest);
			return true;
		}
		StreamBatch batch = this.loop.batch();
		boolean more = fill(batch);
		return this.state != State.ENDED && write(batch) && more;
	}

	/**
	 * Fill a batch with events, and with the frames of the stream itself.
	 * @return whether there may be more events. A direct source signals new events by
	 * itself, so only a full batch counts
	 */
	private boolean fill(StreamBatch batch) {
		Throwable failure = this.filler.addEvents(batch);
		boolean more = batch.isFull() || !this.sourceSubscriber.isDirect();
		if (failure instanceof SseLagException) {
			this.failureLogged = true;
			endWith(this.frames.comeBack(), SseStreamEnd.LAGGED);
			failure = null;
		}
		if (failure != null && this.state == State.WAITING && batch.isEmpty()) {
			this.failureLogged = true;
			ended(SseStreamEnd.FAILED);
			this.transport.fail(failure);
			return false;
		}
		if (failure != null) {
			logFailure(failure);
			endWith(this.frames.error(failure), SseStreamEnd.FAILED);
		}
		// If an operator has failed on an event, that event was handed over but is not
		// written. So the position must not move past it.
		this.filler.addOwnFrames(batch, failure == null, this.sourceSubscriber.isDirect());
		if (this.state == State.WAITING && (!batch.isEmpty() || this.filler.hasLast() || this.deadlines.mustOpen())) {
			open(batch);
		}
		return more;
	}

	private void open(StreamBatch batch) {
		this.state = State.OPEN;
		this.deadlines.opened();
		this.onOpen.run();
		batch.addFirst(this.frames.opening());
		this.environment.listeners().tell((listener) -> listener.onOpen(connection()));
	}

	private void endWith(byte[] lastFrame, SseStreamEnd reason) {
		if (this.state != State.ENDED && !this.filler.hasLast()) {
			this.sourceSubscriber.cancel();
			this.filler.setLast(lastFrame);
			this.end = reason;
		}
	}

	/**
	 * Write a batch, or a part of it.
	 * @return whether something was written and the stream goes on
	 */
	private boolean write(StreamBatch batch) {
		int length = Math.min(batch.size(), this.transport.maxWrite());
		boolean whole = (length == batch.size());
		boolean last = this.filler.isLastTaken() && whole;
		int taken = this.batchReader.takeCount();
		this.statistics.written(taken, length);
		keepRest(batch, whole);
		if (length > 0) {
			// The batch is not used again here: another stream of this loop may have it.
			this.transport.write(batch, length);
		}
		if (length > 0 && this.state != State.ENDED) {
			boolean rested = this.deadlines.written();
			this.mustSettle = (this.mustSettle || rested) && !last;
		}
		if (taken > 0) {
			this.environment.listeners().tell((listener) -> listener.onBatch(taken, this.batchReader.delay()));
		}
		if (last && this.state != State.ENDED) {
			ended(this.end);
			this.transport.end();
		}
		return length > 0 && !last;
	}

	/**
	 * Keep a batch that cannot be written as a whole. This comes before the write, which
	 * may call back, also for another stream of this loop: that stream needs a batch of
	 * its own.
	 */
	private void keepRest(StreamBatch batch, boolean whole) {
		if (whole) {
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
		this.filler.clearAhead();
		this.rest = null;
		this.sourceSubscriber.cancel();
		Throwable failure = this.sourceSubscriber.error();
		if (open && !this.failureLogged && failure != null && !(failure instanceof SseLagException)) {
			logFailure(failure);
		}
		this.deadlines.ended();
		this.transport.release();
		if (open) {
			this.environment.listeners()
				.tell((listener) -> listener.onEnd(connection(), reason, this.deadlines.open()));
		}
	}

	private void logFailure(Throwable failure) {
		this.failureLogged = true;
		logger.error(this.client.describe(this.id) + " has failed after it was opened", failure);
	}

}
