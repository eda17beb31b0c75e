package io.github.sse4spring.webflux;

import java.io.EOFException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
 * Writes one stream: takes events from its inlet while the client reads, and emits them
 * in batches as the body of the response.
 */
final class StreamWriter implements Subscription {

	/*
	 * Everything here happens on the loop of the stream, so there are no locks and
	 * nothing is volatile; what may be called from elsewhere (request, cancel, end,
	 * abort, connection) goes there first or says so. "pump" is the only place that
	 * writes. It may be entered again from what it calls: the source emits when asked for
	 * more, the server asks for more when given a buffer. The inner call does nothing,
	 * since the outer one looks again.
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

	private final Loop loop;

	private final CoreSubscriber<? super DataBuffer> actual;

	private final long id;

	private final @Nullable String clientKey;

	private final Instant since = Instant.now();

	private final StreamPosition position;

	private final StreamTimes times;

	/** What is to be written before the next events. */
	private final Deque<byte[]> ahead = new ArrayDeque<>();

	private final Runnable onOpen;

	private final Inlet inlet;

	private final Intake intake;

	private State state = State.WAITING;

	private boolean pumping;

	private long demand;

	/** Whether what is written now should be looked at after its flush. */
	private boolean mustSettle;

	private boolean failureLogged;

	/** Whether the response was told the end of its body. */
	private boolean terminated;

	private byte @Nullable [] lastFrame;

	private SseStreamEnd end = SseStreamEnd.COMPLETED;

	/** Written on the loop, read for snapshots. */
	private final AtomicLong events = new AtomicLong();

	/** Written on the loop, read for snapshots. */
	private final AtomicLong bytes = new AtomicLong();

	private volatile @Nullable Instant unwritableSince;

	/** Whether its connection was closed from here, so that an error of it is no news. */
	private volatile boolean aborted;

	StreamWriter(SseStreams streams, Transport transport, CoreSubscriber<? super DataBuffer> actual,
			StreamClient client, Runnable onOpen) {
		this.streams = streams;
		this.frames = streams.frames();
		this.transport = transport;
		this.loop = transport.loop();
		this.times = new StreamTimes(this.loop, this::pump,
				new StallWatch(transport, streams.settings().lifetime().stallTimeout().toNanos()), streams.keepAlive());
		this.actual = actual;
		this.id = streams.nextId();
		this.clientKey = client.key();
		this.position = new StreamPosition(this.frames);
		this.onOpen = onOpen;
		StreamHandle handle = new StreamHandle(this, this.loop, client.lastEventId());
		this.inlet = new Inlet(this, this.loop, handle.into(actual.currentContext()));
		this.intake = new Intake(this.inlet, this.position, streams.listeners());
	}

	/** Subscribe to the source, on the thread of the caller as its operators expect. */
	void start(Publisher<? extends SseEvent> source) {
		// Before anything else, so that who ends the streams of a client misses none.
		this.streams.add(this);
		this.actual.onSubscribe(this);
		this.loop.run(this::begin);
		source.subscribe(this.inlet);
	}

	private void begin() {
		if (this.state != State.ENDED) {
			this.transport.begin(this::pump);
			this.times.begin(this.streams.settings().openDelay(), this.streams.settings().lifetime().maxAge());
		}
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			this.loop.run(() -> {
				this.demand = Operators.addCap(this.demand, n);
				pump();
			});
		}
	}

	@Override
	public void cancel() {
		this.loop.run(() -> {
			if (this.state != State.ENDED) {
				logger.debug("The client has gone away");
				ended(SseStreamEnd.GONE);
			}
			this.streams.remove(this);
		});
	}

	/** The response is over, to its last byte. */
	void left() {
		this.loop.run(() -> {
			this.times.cancel();
			this.transport.left();
		});
	}

	/** On any thread. */
	long id() {
		return this.id;
	}

	/** On any thread. */
	@Nullable String clientKey() {
		return this.clientKey;
	}

	/** On any thread. */
	SseConnection connection() {
		SseStream.Source source = this.position.source();
		return new SseConnection(Long.toString(this.id), this.clientKey, this.since,
				(source != null) ? source.topics() : List.of(), this.events.get(), this.bytes.get(),
				(source != null) ? source.lag() : 0, this.unwritableSince);
	}

	StreamPosition position() {
		return this.position;
	}

	Inlet inlet() {
		return this.inlet;
	}

	void useKeepAlive(SseKeepAlive settings) {
		if (this.state != State.ENDED) {
			this.times.look();
			this.times.use(settings, this.frames);
			// It may be due already, and only a pump writes what is.
			this.loop.execute(this::pump);
		}
	}

	void writeAhead(SseEvent notice) {
		writeAhead(this.frames.event(notice));
	}

	/** Write a frame before the next events, unless the stream has ended. */
	void writeAhead(byte[] frame) {
		if (this.state != State.ENDED) {
			this.ahead.add(frame);
		}
	}

	/** On any thread: end the stream on a frame boundary, for the client to come back. */
	void end(SseStreamEnd reason) {
		this.loop.execute(() -> {
			endWith(this.frames.comeBack(), reason);
			pump();
		});
	}

	/**
	 * On any thread: close the connection, also if the stream has ended but the client
	 * not read its end.
	 */
	void abort(SseStreamEnd reason) {
		this.loop.execute(() -> abortNow(reason, "The client did not read to the end of the stream"));
	}

	private void abortNow(SseStreamEnd reason, String why) {
		this.aborted = true;
		ended(reason);
		this.times.cancel();
		if (!this.transport.abort() && !this.terminated) {
			this.terminated = true;
			// What Spring takes for a client that is gone.
			this.actual.onError(new EOFException(why));
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
		if (!this.pumping) {
			this.pumping = true;
			try {
				this.times.look();
				endIfTimeIsUp();
				boolean more = true;
				for (int i = 0; more && i < MAX_BATCHES; i++) {
					more = canWrite() && writeBatch();
				}
				if (more && canWrite()) {
					// Others on this loop have their turn, however fast this client
					// reads.
					this.loop.execute(this::pump);
				}
				armOrSettle();
			}
			catch (Throwable ex) {
				// A batch that was taken could not be written: only a cut tells the
				// client of the hole.
				logger.error("An event stream was cut, since a batch could not be written", ex);
				abortNow(SseStreamEnd.FAILED, "A batch could not be written");
			}
			finally {
				this.loop.batch().clear();
				this.pumping = false;
			}
		}
	}

	private void armOrSettle() {
		if (this.mustSettle) {
			this.mustSettle = false;
			// Behind the flush, which the server has handed to the loop.
			this.loop.execute(() -> this.times.settle(this.demand == 0));
		}
		else {
			this.times.arm();
		}
	}

	private void endIfTimeIsUp() {
		if (this.times.hasStalled(this.demand == 0)) {
			logger.debug("The client has taken nothing for the stall timeout");
			abortNow(SseStreamEnd.STALLED, "The client does not read");
		}
		else if (this.times.isTooOld()) {
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
	 * Write one batch.
	 * @return whether there may be another
	 */
	private boolean writeBatch() {
		Batch batch = this.loop.batch();
		Throwable failure = takeEvents(batch);
		// A direct source says so when there is more; others are looked at again.
		boolean more = batch.isFull() || !this.inlet.isDirect();
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
		return emit(batch) && more;
	}

	private void addOwnFrames(Batch batch, boolean mayMove) {
		byte[] keepAlive = (batch.isEmpty() && this.lastFrame == null) ? this.times.dueKeepAlive() : null;
		if (mayMove && (!batch.isEmpty() || keepAlive != null)) {
			batch.add(this.position.move(this.inlet.isDirect()));
		}
		if (keepAlive != null) {
			batch.add(keepAlive);
			this.streams.listeners().tell(SseStreamListener::onKeepAlive);
		}
		batch.add(this.lastFrame);
		boolean mustOpen = !batch.isEmpty() || this.lastFrame != null || this.times.mustOpen();
		if (this.state == State.WAITING && mustOpen) {
			this.state = State.OPEN;
			this.times.opened();
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
		Throwable failure = this.intake.fill(batch);
		if (failure == null && this.intake.isAtEnd()) {
			this.lastFrame = this.frames.completed();
		}
		return failure;
	}

	private void endWith(byte[] lastFrame, SseStreamEnd reason) {
		if (this.state != State.ENDED && this.lastFrame == null) {
			this.inlet.cancel();
			this.lastFrame = lastFrame;
			this.end = reason;
		}
	}

	private boolean emit(Batch batch) {
		boolean last = (this.lastFrame != null);
		DataBuffer buffer = batch.isEmpty() ? null : this.transport.copy(batch);
		int taken = this.intake.takeCount();
		this.events.lazySet(this.events.get() + taken);
		this.bytes.lazySet(this.bytes.get() + batch.size());
		batch.clear();
		if (buffer != null) {
			this.demand--;
			boolean rested = this.times.written();
			this.mustSettle = (this.mustSettle || rested) && !last;
			this.actual.onNext(buffer);
		}
		if (taken > 0) {
			this.streams.listeners().tell((listener) -> listener.onBatch(taken, this.intake.delay()));
		}
		if (last) {
			ended(this.end);
			this.terminated = true;
			this.actual.onComplete();
		}
		return buffer != null && !last;
	}

	private void ended(SseStreamEnd reason) {
		if (this.state == State.ENDED) {
			return;
		}
		boolean open = (this.state == State.OPEN);
		this.state = State.ENDED;
		this.ahead.clear();
		this.inlet.cancel();
		if (!this.failureLogged && this.inlet.error() != null) {
			logFailure(this.inlet.error());
		}
		this.times.ended();
		this.transport.release();
		if (open) {
			this.streams.listeners().tell((listener) -> listener.onEnd(connection(), reason, this.times.open()));
		}
	}

	private void logFailure(Throwable failure) {
		this.failureLogged = true;
		logger.error("An event stream has failed after it was opened", failure);
	}

}
