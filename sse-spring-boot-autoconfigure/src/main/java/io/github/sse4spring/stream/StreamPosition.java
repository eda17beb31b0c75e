package io.github.sse4spring.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;

/**
 * The position of one stream: the source that has it, and the last id that was written to
 * the client. Methods are called on the loop of the stream, unless stated otherwise.
 */
final class StreamPosition {

	/*
	 * The rule: an id is written only if each event that was handed over before it was
	 * written, or is known to be gone. On a direct stream the writer takes each event
	 * itself. Where the operators keep the order, an event that arrives shows that the
	 * events before it have arrived or were left out. In all other cases "outstanding"
	 * holds the events that were handed over and not written. It is used from the first
	 * such source to the end of the stream.
	 *
	 * A source queues its start and its notices before it hands over the events that
	 * follow them. The writer reads both queues after it has taken an event and before it
	 * writes that event. So starts and notices are written before the events that follow
	 * them. A start is written after all events that had arrived before it.
	 */
	private final StreamFrames frames;

	private final String handler;

	private volatile SseStream.@Nullable Source source;

	private final Queue<Start> starts = new ConcurrentLinkedQueue<>();

	/** The source of the last start that was written. Its notices are polled. */
	private SseStream.@Nullable Source started;

	/** The last id that was written to the client. */
	private @Nullable String told;

	/** The id of the last event that came through the operators, or that of the start. */
	private final AtomicReference<@Nullable String> arrived = new AtomicReference<>();

	private final AtomicLong arrivals = new AtomicLong();

	private long written;

	/**
	 * The events that were handed over and are not written yet. Set when the first source
	 * is attached whose events may change their order.
	 */
	private volatile @Nullable Outstanding outstanding;

	/** The value of {@link #outstanding} once the start of that source is written. */
	private @Nullable Outstanding writtenFrom;

	StreamPosition(StreamFrames frames, String handler) {
		this.frames = frames;
		this.handler = handler;
	}

	/** On any thread: the source that was attached last. */
	SseStream.@Nullable Source source() {
		return this.source;
	}

	/** On any thread: the id after which the next source begins. */
	@Nullable String resumeAfter() {
		SseStream.Source last = source();
		return (last != null) ? last.progress().position() : null;
	}

	/**
	 * On any thread: whether all events that the sources have handed over came through
	 * the operators.
	 */
	boolean hasAllArrived() {
		Outstanding outstanding = this.outstanding;
		if (outstanding != null) {
			return outstanding.haveAllArrived();
		}
		SseStream.Source last = source();
		String arrived = this.arrived.get();
		return last == null || (arrived != null && arrived.equals(last.progress().handedOver()));
	}

	/**
	 * Record that an event has come through the operators. Called on the thread that
	 * receives or polls the event.
	 */
	void arrived(SseEvent event) {
		Outstanding outstanding = this.outstanding;
		if (outstanding != null) {
			outstanding.arrived(event.id());
		}
		this.arrived.lazySet(event.id());
		this.arrivals.lazySet(this.arrivals.get() + 1);
	}

	/**
	 * On any thread: give a source the position of the stream.
	 * @param inOrder whether its events reach the stream in their order
	 * @return receives the id of each event before the source hands it over, or
	 * {@code null} if that is not needed
	 */
	synchronized @Nullable Consumer<String> attach(SseStream.Source source, boolean inOrder) {
		SseStream.Source last = this.source;
		if (last != null && !last.hasEnded()) {
			throw new IllegalStateException("A stream has one position, and another subscription to a hub has it: "
					+ "use one subscription, subscribe(\"a\", \"b\"), or withoutResume()");
		}
		String position = source.progress().position();
		this.arrived.set(position);
		Outstanding outstanding = this.outstanding;
		if (outstanding == null && !inOrder) {
			outstanding = new Outstanding();
			this.outstanding = outstanding;
		}
		int number = (outstanding != null) ? outstanding.begin(position) : 0;
		this.starts.add(new Start(source, this.arrivals.get(), position, outstanding, number, source.pollNotice()));

		// Last, so that the loop finds the start before anything else of this source.
		this.source = source;
		return outstanding;
	}

	/**
	 * Stop tracking events. The writer polls the source itself, so no event is between
	 * the source and the writer.
	 */
	void becomeDirect() {
		this.outstanding = null;
	}

	/**
	 * Add the notices and the starts of sources that must be written before the next
	 * event.
	 */
	void addAhead(StreamBatch batch, boolean direct) {
		addNotices(batch, direct);
		Start start = this.starts.peek();
		while (start != null && start.after <= this.written) {
			// The earlier source has ended, so these are its last notices.
			addNotices(batch, false);
			batch.add(frame(start));
			this.started = start.source;
			addNotices(batch, direct);
			this.starts.remove();
			start = this.starts.peek();
		}
	}

	private void addNotices(StreamBatch batch, boolean direct) {
		SseStream.Source source = this.started;
		SseEvent notice = (source != null) ? source.pollNotice() : null;
		while (source != null && notice != null) {
			this.frames.add(direct ? notice : notice.withoutId(), batch);
			this.told = direct ? notice.id() : this.told;
			notice = source.pollNotice();
		}
	}

	/**
	 * Return the frame that is written at the start of a source: its gap notice, or its
	 * position. For a later source the frame has no id. Events of an earlier source may
	 * not be written yet, and an id must not overtake them.
	 */
	private byte[] frame(Start start) {
		SseEvent notice = start.notice;
		this.writtenFrom = start.outstanding;
		if (notice != null && start.outstanding != null) {
			start.outstanding.forgetMissingBefore(start.number);
		}
		if (this.told != null) {
			return (notice != null) ? this.frames.notice(notice.withoutId()) : new byte[0];
		}
		this.told = start.position;
		return (notice != null) ? this.frames.notice(notice) : this.frames.position(start.position);
	}

	/** Add an event that came through the operators. */
	void add(SseEvent event, StreamBatch batch, boolean direct) {
		this.written++;
		this.frames.add(withPosition(event, direct), batch);
	}

	private SseEvent withPosition(SseEvent event, boolean direct) {
		SseStream.Source source = source();
		String id = event.id();
		if (source == null) {
			return event;
		}
		if (direct) {
			SseEvent withId = (id != null) ? event : event.withId(source.progress().position());
			this.told = withId.id();
			return withId;
		}
		if (id == null) {
			warnIfWithoutId(event);
			return event;
		}
		Outstanding outstanding = this.writtenFrom;
		if (outstanding != null) {
			outstanding.written(id);
			if (!id.equals(outstanding.position())) {
				HandlerWarnings.outOfOrder(this.handler);
				return event.withoutId();
			}
		}
		this.told = id;
		return event;
	}

	/**
	 * Return the frame that moves the client past events that were left out, or
	 * {@code null} if none is needed.
	 */
	byte @Nullable [] move(boolean direct) {
		SseStream.Source source = source();
		if (source == null || this.told == null || !this.starts.isEmpty()) {
			return null;
		}
		String position = position(source, this.told, direct);
		if (position == null || position.equals(this.told)) {
			return null;
		}
		this.told = position;
		return this.frames.position(position);
	}

	private @Nullable String position(SseStream.Source source, String told, boolean direct) {
		Outstanding outstanding = this.writtenFrom;
		if (direct) {
			return source.progress().position();
		}
		if (outstanding == null) {
			return source.progress().positionAfter(told);
		}
		// Read the position of the source first. Then every event up to that position is
		// outstanding or written.
		String position = source.progress().position();
		return outstanding.position(position);
	}

	private void warnIfWithoutId(SseEvent event) {
		if (event.data() != null) {
			HandlerWarnings.withoutId(this.handler);
		}
	}

	/**
	 * The start of a source.
	 *
	 * @param source the source
	 * @param after how many events had arrived by then
	 * @param position the id before its first event
	 * @param outstanding tracks its events, or {@code null} if the events of all sources
	 * so far keep their order
	 * @param number the number of the source in {@code outstanding}
	 * @param notice the gap notice, if the source does not begin where the client left
	 * off
	 */
	private record Start(SseStream.Source source, long after, String position, @Nullable Outstanding outstanding,
			int number, @Nullable SseEvent notice) {

	}

}
