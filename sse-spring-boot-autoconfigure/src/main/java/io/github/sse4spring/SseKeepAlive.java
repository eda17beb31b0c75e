package io.github.sse4spring;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/**
 * A flux of events with a keep-alive of its own: the stream writes a comment whenever
 * nothing was written for as long as {@code maxInterval}.
 *
 * <pre class="code">
 * return SseKeepAlive.of(events).maxInterval(ofSeconds(5)).comment("ping");
 * </pre>
 *
 * <p>
 * Every stream is kept alive without this class. Use it for a stream that needs settings
 * other than {@code sse.keep-alive.*}. It may stand anywhere among the operators: it
 * gives its settings to the stream and passes the source through untouched. If there are
 * several, the outermost wins. Where there is no stream (a service, a test), it only
 * passes the source through.
 *
 * @since 0.1.0
 */
public sealed class SseKeepAlive extends FluxOperator<SseEvent, SseEvent> permits SseKeepAlive.OverFuseable {

	/** The shortest interval: a shorter one is traffic, not a sign of life. */
	public static final Duration MIN_INTERVAL = Duration.ofMillis(100);

	/** The longest interval: use {@link #off(Flux)} for a longer one. */
	public static final Duration MAX_INTERVAL = Duration.ofDays(365);

	private final Settings settings;

	private SseKeepAlive(Flux<? extends SseEvent> source, Settings settings) {
		super(source);
		this.settings = settings;
	}

	/**
	 * Give a flux a keep-alive of its own, also where that of the application is off.
	 * @param source the events
	 * @return the same events, with the keep-alive of the application until told
	 * otherwise
	 */
	public static SseKeepAlive of(Flux<? extends SseEvent> source) {
		return create(source, new Settings(true, null, null));
	}

	/**
	 * Take the keep-alive from a flux: its stream may be silent for any time.
	 * @param source the events
	 * @return the same events
	 */
	public static SseKeepAlive off(Flux<? extends SseEvent> source) {
		return create(source, new Settings(false, null, null));
	}

	private static SseKeepAlive create(Flux<? extends SseEvent> source, Settings settings) {
		Objects.requireNonNull(source, "source must not be null");
		return (source instanceof Fuseable) ? new OverFuseable(source, settings) : new SseKeepAlive(source, settings);
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
		return create(this.source, new Settings(true, maxInterval, requireOn().comment));
	}

	/**
	 * Set the comment to write.
	 * @param comment the comment; may be empty
	 * @return a copy with this comment
	 */
	public SseKeepAlive comment(String comment) {
		return create(this.source,
				new Settings(true, requireOn().maxInterval, SseFields.checkText("comment", comment)));
	}

	private Settings requireOn() {
		if (!this.settings.enabled) {
			throw new IllegalStateException("The keep-alive is off: use of(..) for one with settings");
		}
		return this.settings;
	}

	@Override
	public void subscribe(CoreSubscriber<? super SseEvent> actual) {
		SseStream stream = SseStream.from(actual.currentContext());
		if (stream != null) {
			stream.keepAlive(this.settings);
		}
		this.source.subscribe(actual);
	}

	/**
	 * The settings of a keep-alive.
	 *
	 * @param enabled whether comments are written
	 * @param maxInterval the longest time without any bytes, 100 ms to 365 days, or
	 * {@code null} for that of the application
	 * @param comment the comment to write, or {@code null} for that of the application
	 */
	public record Settings(boolean enabled, @Nullable Duration maxInterval, @Nullable String comment) {

	}

	/**
	 * Tells the operators around it that the source offers fusion, which they decide on
	 * when they are assembled.
	 */
	static final class OverFuseable extends SseKeepAlive implements Fuseable {

		private OverFuseable(Flux<? extends SseEvent> source, Settings settings) {
			super(source, settings);
		}

	}

}
