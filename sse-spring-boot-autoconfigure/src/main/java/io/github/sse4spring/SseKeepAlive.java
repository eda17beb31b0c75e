package io.github.sse4spring;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/**
 * A flux of events with a keep-alive of its own: a comment is written whenever nothing
 * was for as long as {@code maxInterval}.
 *
 * <pre class="code">
 * return SseKeepAlive.of(events).maxInterval(ofSeconds(5)).comment("ping");
 * </pre>
 *
 * <p>
 * Every stream is kept alive without this; it is for the one that needs settings other
 * than those of {@code sse.keep-alive.*}. It may stand anywhere among the operators: it
 * hands its settings to the stream and passes the source through untouched. Of several,
 * the outermost wins.
 *
 * <p>
 * Where there is no stream (a service, a test) it emits the comments itself, on
 * {@code Schedulers.parallel()}. Events go first; any event or comment starts the
 * interval anew, and the first comment comes one interval after subscribing. Without
 * demand no comment is made, and none piles up: with the next demand an event that is
 * waiting goes first, else one comment that is due. Completion, error and cancel end it
 * at once.
 *
 * @since 0.1.0
 */
public sealed class SseKeepAlive extends FluxOperator<SseEvent, SseEvent> permits SseKeepAlive.OverFuseable {

	/** The shortest interval: a shorter one is traffic, not a sign of life. */
	public static final Duration MIN_INTERVAL = Duration.ofMillis(100);

	/** The longest interval; whoever wants a longer one wants none. */
	public static final Duration MAX_INTERVAL = Duration.ofDays(365);

	/** The interval where neither the application nor the flux says another. */
	public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(15);

	private final boolean off;

	private final @Nullable Duration maxInterval;

	private final @Nullable String comment;

	private SseKeepAlive(Flux<? extends SseEvent> source, boolean off, @Nullable Duration maxInterval,
			@Nullable String comment) {
		super(source);
		this.off = off;
		this.maxInterval = maxInterval;
		this.comment = comment;
	}

	/**
	 * Give a flux a keep-alive of its own, also where that of the application is off.
	 * @param source the events
	 * @return the same events, with the keep-alive of the application until told
	 * otherwise
	 */
	public static SseKeepAlive of(Flux<? extends SseEvent> source) {
		return create(source, false, null, null);
	}

	/**
	 * Take the keep-alive from a flux: its stream may be silent for any time.
	 * @param source the events
	 * @return the same events
	 */
	public static SseKeepAlive off(Flux<? extends SseEvent> source) {
		return create(source, true, null, null);
	}

	private static SseKeepAlive create(Flux<? extends SseEvent> source, boolean off, @Nullable Duration maxInterval,
			@Nullable String comment) {
		Objects.requireNonNull(source, "source must not be null");
		return (source instanceof Fuseable) ? new OverFuseable(source, off, maxInterval, comment)
				: new SseKeepAlive(source, off, maxInterval, comment);
	}

	/**
	 * Set the longest time without any bytes.
	 * @param maxInterval 100 ms to 365 days
	 * @return a copy with this interval
	 */
	public SseKeepAlive maxInterval(Duration maxInterval) {
		if (maxInterval.compareTo(MIN_INTERVAL) < 0 || maxInterval.compareTo(MAX_INTERVAL) > 0) {
			throw new IllegalArgumentException(
					"maxInterval must be between 100 ms and 365 days but is %s; use off(..) for no keep-alive"
						.formatted(maxInterval));
		}
		return create(this.source, requireOn(), maxInterval, this.comment);
	}

	/**
	 * Set the comment to write.
	 * @param comment the comment; may be empty
	 * @return a copy with this comment
	 */
	public SseKeepAlive comment(String comment) {
		return create(this.source, requireOn(), this.maxInterval, SseFields.checkText("comment", comment));
	}

	private boolean requireOn() {
		if (this.off) {
			throw new IllegalStateException("The keep-alive is off: use of(..) for one with settings");
		}
		return false;
	}

	/**
	 * Return whether the keep-alive is off.
	 * @return {@code true} if made by {@link #off(Flux)}
	 */
	public boolean isOff() {
		return this.off;
	}

	/**
	 * Return the longest time without any bytes.
	 * @return the interval, or {@code null} for that of the application
	 */
	public @Nullable Duration maxInterval() {
		return this.maxInterval;
	}

	/**
	 * Return the comment to write.
	 * @return the comment, or {@code null} for that of the application
	 */
	public @Nullable String comment() {
		return this.comment;
	}

	@Override
	public void subscribe(CoreSubscriber<? super SseEvent> actual) {
		SseStream stream = SseStream.from(actual.currentContext());
		if (stream != null) {
			stream.keepAlive(this);
			this.source.subscribe(actual);
		}
		else {
			this.source.subscribe(this.off ? actual : keepAlive(actual));
		}
	}

	private CoreSubscriber<SseEvent> keepAlive(CoreSubscriber<? super SseEvent> actual) {
		return new KeepAliveSubscriber(actual, Objects.requireNonNullElse(this.maxInterval, DEFAULT_INTERVAL),
				SseEvent.comment(Objects.requireNonNullElse(this.comment, "")));
	}

	/**
	 * Tells the operators around it that the source offers fusion, which they decide on
	 * when they are assembled.
	 */
	static final class OverFuseable extends SseKeepAlive implements Fuseable {

		private OverFuseable(Flux<? extends SseEvent> source, boolean off, @Nullable Duration maxInterval,
				@Nullable String comment) {
			super(source, off, maxInterval, comment);
		}

	}

}
