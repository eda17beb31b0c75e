package io.github.sse4spring.webflux;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The position of one stream: who has it, and what of it the client knows. A source
 * attaches on any thread; the rest happens on the loop of the stream.
 */
final class StreamPosition {

	private static final Log logger = LogFactory.getLog(StreamPosition.class);

	private static final AtomicBoolean warned = new AtomicBoolean();

	private final StreamFrames frames;

	private final AtomicReference<SseStream.@Nullable Source> attached = new AtomicReference<>();

	/** What the client was told last. */
	private @Nullable String told;

	/** The id of what the operators have let through last, or of the start. */
	private final AtomicReference<@Nullable String> arrived = new AtomicReference<>();

	StreamPosition(StreamFrames frames) {
		this.frames = frames;
	}

	/** On any thread: the source that was attached last. */
	SseStream.@Nullable Source source() {
		return this.attached.get();
	}

	/** On any thread: where the next source should begin. */
	@Nullable String resumeAfter() {
		SseStream.Source last = source();
		return (last != null) ? last.position() : null;
	}

	/**
	 * On any thread: whether what the source has handed over has all come through the
	 * operators.
	 */
	boolean hasAllArrived() {
		SseStream.Source last = source();
		String arrived = this.arrived.get();
		return last == null || (arrived != null && last.hasHandedOverLast(arrived));
	}

	/** On the thread that takes it: an event has come through the operators. */
	void arrived(SseEvent event) {
		this.arrived.lazySet(event.id());
	}

	/**
	 * On any thread: let a source have the position.
	 * @return what the one before it has left to be told
	 */
	List<SseEvent> attach(SseStream.Source source) {
		SseStream.Source last = source();
		boolean free = (last == null || last.hasEnded());
		if (!free || !this.attached.compareAndSet(last, source)) {
			throw new IllegalStateException("A stream has one position, and another subscription to a hub has it: "
					+ "use one subscription, subscribe(\"a\", \"b\"), or withoutResume()");
		}
		this.arrived.set(source.position());
		List<SseEvent> left = new ArrayList<>();
		for (SseEvent notice = pollNotice(last); notice != null; notice = pollNotice(last)) {
			left.add(notice.withoutId());
		}
		return left;
	}

	private static @Nullable SseEvent pollNotice(SseStream.@Nullable Source source) {
		return (source != null) ? source.pollNotice() : null;
	}

	/**
	 * The block that tells the client where a source begins. Only of the first: events of
	 * an earlier one may still be under way, and an id must not overtake them.
	 */
	byte[] start(String position, @Nullable SseEvent notice) {
		if (this.told != null) {
			return (notice != null) ? this.frames.event(notice.withoutId()) : new byte[0];
		}
		this.told = position;
		return (notice != null) ? this.frames.event(notice) : this.frames.position(position);
	}

	/** The bytes of a notice, whose id must not overtake events that are under way. */
	byte[] notice(SseEvent notice, boolean direct) {
		return this.frames.event(direct ? notice : notice.withoutId());
	}

	/** The bytes of an event that came through the operators. */
	byte[] frame(SseEvent event, boolean direct) {
		SseStream.Source source = source();
		if (source == null) {
			return this.frames.event(event);
		}
		if (!direct) {
			warnIfWithoutId(event);
			this.told = (event.id() != null) ? event.id() : this.told;
			return this.frames.event(event);
		}
		SseEvent withId = (event.id() != null) ? event : event.withId(source.position());
		this.told = withId.id();
		return this.frames.event(withId);
	}

	/** The block that moves the client past what was filtered out, if anything was. */
	byte @Nullable [] move(boolean direct) {
		SseStream.Source source = source();
		if (source == null || this.told == null) {
			return null;
		}
		String position = direct ? source.position() : source.positionAfter(this.told);
		if (position == null || position.equals(this.told)) {
			return null;
		}
		this.told = position;
		return this.frames.position(position);
	}

	@Nullable SseEvent pollNotice() {
		return pollNotice(source());
	}

	private static void warnIfWithoutId(SseEvent event) {
		if (event.id() == null && event.data() != null && warned.compareAndSet(false, true)) {
			logger.warn("An event of a hub has lost its id in an operator that the stream cannot see through, "
					+ "so its client cannot resume after it: keep the id with event.withId(..), this is said once");
		}
	}

}
