package io.github.sse4spring.webflux;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.SseStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes one stream: takes events from its inlet while the client reads, and emits them
 * in batches as the body of the response.
 */
final class StreamWriter implements Subscription, SseStream {

	/*
	 * Everything here happens on the loop of the stream, so there are no locks and
	 * nothing is volatile; what may be called from elsewhere (request, cancel, keepAlive,
	 * end) goes there first. "pump" is the only place that writes. It may be entered
	 * again from what it calls: the source emits when asked for more, the server asks for
	 * more when given a buffer. The inner call does nothing, since the outer one looks
	 * again.
	 *
	 * waiting -> open -> ended. Waiting: nothing is on the wire, so an error still
	 * becomes the status of the response. Open: whatever happens ends in a whole frame
	 * and a clean end, unless the client is gone.
	 */
	private enum State {

		WAITING, OPEN, ENDED

	}

	private static final int MAX_BATCHES = 16;

	private static final byte[] NOTHING = {};

	private static final Log logger = LogFactory.getLog(StreamWriter.class);

	private final SseStreams streams;

	private final StreamFrames frames;

	private final Transport transport;

	private final Loop loop;

	private final Deadlines.Deadline deadline;

	private final CoreSubscriber<? super DataBuffer> actual;

	private final @Nullable SseLastEventId lastEventId;

	private final StreamPosition position;

	/** What is to be written before the next events. */
	private final Deque<byte[]> ahead = new ArrayDeque<>();

	private final Runnable onOpen;

	private final Inlet inlet;

	private State state = State.WAITING;

	private boolean pumping;

	private long demand;

	private long openAt = Deadlines.NEVER;

	private StreamKeepAlive keepAlive;

	private boolean ownKeepAlive;

	private long writtenAt;

	private long keepAliveAt = Deadlines.NEVER;

	private boolean failureLogged;

	private byte @Nullable [] lastFrame;

	StreamWriter(SseStreams streams, Transport transport, CoreSubscriber<? super DataBuffer> actual,
			@Nullable SseLastEventId lastEventId, Runnable onOpen) {
		this.streams = streams;
		this.frames = streams.frames();
		this.keepAlive = streams.keepAlive();
		this.transport = transport;
		this.loop = transport.loop();
		this.deadline = this.loop.deadlines().create(this::pump);
		this.actual = actual;
		this.lastEventId = lastEventId;
		this.position = new StreamPosition(this.frames);
		this.onOpen = onOpen;
		this.inlet = new Inlet(this, this.loop, into(actual.currentContext()));
	}

	/** Subscribe to the source, on the thread of the caller as its operators expect. */
	void start(Publisher<? extends SseEvent> source) {
		this.actual.onSubscribe(this);
		this.loop.run(this::begin);
		source.subscribe(this.inlet);
	}

	private void begin() {
		if (this.state != State.ENDED) {
			this.streams.add(this);
			this.transport.onWritable(this::pump);
			this.openAt = this.loop.nanoTime() + this.streams.settings().openDelay().toNanos();
			this.deadline.set(this.openAt);
		}
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
		this.loop.run(() -> useKeepAlive(keepAlive));
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
				ended();
				this.streams.remove(this);
			}
		});
	}

	StreamPosition position() {
		return this.position;
	}

	@Override
	public @Nullable String resumeAfter() {
		return this.position.resumeAfter();
	}

	@Override
	public void attach(Source source) {
		String start = source.position();
		SseEvent notice = source.pollNotice();
		List<SseEvent> left = this.position.attach(source);
		this.loop.execute(() -> {
			left.forEach((each) -> this.ahead.add(this.frames.event(each)));
			writeSoon(this.position.start(start, notice));
		});
	}

	@Override
	public void write(SseEvent notice) {
		this.loop.execute(() -> writeSoon(this.frames.event(notice)));
	}

	private void writeSoon(byte[] frame) {
		this.ahead.add(frame);
		pump();
	}

	@Override
	public void end() {
		this.loop.execute(() -> {
			endWith(this.frames.comeBack());
			pump();
		});
	}

	/**
	 * Close the connection, also if the stream has ended but the client not read its end.
	 */
	void abort() {
		this.loop.execute(() -> {
			boolean open = (this.state != State.ENDED);
			if (open) {
				ended();
			}
			if (!this.transport.abort() && open) {
				this.actual.onError(new IllegalStateException("The client did not read to the end of the stream"));
			}
		});
	}

	boolean isPumping() {
		return this.pumping;
	}

	/** Write what is waiting while the client reads. */
	void pump() {
		if (!this.pumping) {
			this.pumping = true;
			try {
				boolean more = true;
				for (int i = 0; more && i < MAX_BATCHES; i++) {
					more = canWrite() && writeBatch();
				}
				if (more && canWrite()) {
					// Others on this loop have their turn, however fast this client
					// reads.
					this.loop.execute(this::pump);
				}
			}
			catch (Throwable ex) {
				closeAfter(ex);
			}
			finally {
				this.loop.batch().clear();
				this.pumping = false;
			}
		}
	}

	/**
	 * A batch that was taken could not be written: only a cut tells the client of the
	 * hole.
	 */
	private void closeAfter(Throwable failure) {
		logger.error("An event stream was cut, since a batch could not be written", failure);
		if (this.state != State.ENDED) {
			ended();
		}
		if (!this.transport.abort()) {
			this.actual.onError(failure);
		}
	}

	private boolean canWrite() {
		return this.state != State.ENDED && this.demand > 0 && this.transport.isWritable();
	}

	/**
	 * Write one batch.
	 * @return whether there may be another
	 */
	private boolean writeBatch() {
		Batch batch = this.loop.batch();
		Throwable failure = takeEvents(batch);
		if (failure instanceof SseLagException) {
			this.failureLogged = true;
			endWith(this.frames.comeBack());
			failure = null;
		}
		if (failure != null && this.state == State.WAITING && batch.isEmpty()) {
			this.failureLogged = true;
			ended();
			this.actual.onError(failure);
			return false;
		}
		if (failure != null) {
			logFailure(failure);
			endWith(this.frames.error(failure));
		}
		addOwnFrames(batch);
		return emit(batch);
	}

	private void addOwnFrames(Batch batch) {
		long now = this.loop.nanoTime();
		boolean keepAliveIsDue = batch.isEmpty() && this.lastFrame == null && now >= this.keepAliveAt;
		if (!batch.isEmpty() || keepAliveIsDue) {
			byte[] move = this.position.move(this.inlet.isDirect());
			batch.add((move != null) ? move : NOTHING);
		}
		if (keepAliveIsDue) {
			batch.add(this.keepAlive.frame());
		}
		if (this.lastFrame != null) {
			batch.add(this.lastFrame);
		}
		boolean mustOpen = !batch.isEmpty() || this.lastFrame != null || now >= this.openAt;
		if (this.state == State.WAITING && mustOpen) {
			this.state = State.OPEN;
			this.onOpen.run();
			batch.addFirst(this.frames.opening());
		}
	}

	/**
	 * Take from the inlet what fits into a batch.
	 * @return what made it impossible to take more, if anything did
	 */
	private @Nullable Throwable takeEvents(Batch batch) {
		while (!this.ahead.isEmpty()) {
			batch.add(this.ahead.remove());
		}
		if (this.lastFrame != null) {
			return null;
		}
		try {
			while (!batch.isFull()) {
				SseEvent event = this.inlet.poll();
				takeNotices(batch);
				if (event == null) {
					return atEndOfSource();
				}
				batch.add(this.position.frame(event, this.inlet.isDirect()));
			}
			if (batch.hasMaxBytes()) {
				this.inlet.narrow();
			}
			return null;
		}
		catch (Throwable ex) {
			// Errors too: whatever it is, going on without this event would be a silent
			// hole.
			this.inlet.cancel();
			return Exceptions.unwrap(ex);
		}
	}

	private void takeNotices(Batch batch) {
		SseEvent notice = this.position.pollNotice();
		while (notice != null) {
			batch.add(this.position.notice(notice, this.inlet.isDirect()));
			notice = this.position.pollNotice();
		}
	}

	private @Nullable Throwable atEndOfSource() {
		if (!this.inlet.isExhausted()) {
			return null;
		}
		if (this.inlet.error() == null) {
			this.lastFrame = this.frames.completed();
		}
		return this.inlet.error();
	}

	private void endWith(byte[] lastFrame) {
		if (this.state != State.ENDED && this.lastFrame == null) {
			this.inlet.cancel();
			this.lastFrame = lastFrame;
		}
	}

	private boolean emit(Batch batch) {
		boolean last = (this.lastFrame != null);
		DataBuffer buffer = batch.isEmpty() ? null : this.transport.copy(batch);
		batch.clear();
		if (last) {
			ended();
		}
		if (buffer != null) {
			this.demand--;
			this.writtenAt = this.loop.nanoTime();
			startKeepAlive();
			this.actual.onNext(buffer);
		}
		if (last) {
			this.actual.onComplete();
		}
		return buffer != null && !last;
	}

	private void ended() {
		this.state = State.ENDED;
		this.inlet.cancel();
		if (!this.failureLogged && this.inlet.error() != null) {
			logFailure(this.inlet.error());
		}
		this.deadline.cancel();
		this.transport.release();
	}

	private void logFailure(Throwable failure) {
		this.failureLogged = true;
		logger.error("An event stream has failed after it was opened", failure);
	}

	private void useKeepAlive(SseKeepAlive settings) {
		if (!this.ownKeepAlive && this.state != State.ENDED) {
			this.ownKeepAlive = true;
			this.keepAlive = this.keepAlive.with(settings, this.frames);
			if (this.state == State.OPEN) {
				startKeepAlive();
			}
		}
	}

	private void startKeepAlive() {
		if (this.state == State.ENDED) {
			return;
		}
		this.keepAliveAt = this.keepAlive.nextAfter(this.writtenAt);
		this.deadline.set(this.keepAliveAt);
	}

}
