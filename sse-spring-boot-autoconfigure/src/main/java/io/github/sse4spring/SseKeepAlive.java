package io.github.sse4spring;

import java.time.Duration;
import java.util.Objects;

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
 * Every stream has a keep-alive without this class. Use it for a stream that needs
 * settings other than {@code sse.keep-alive.*}. It may stand anywhere among the
 * operators: it passes its settings to the stream and does not change the source. If
 * there are several, the first one that is subscribed to applies, with all its settings:
 * that is the outermost of nested ones. Without a stream (in a service or a test), it has
 * no effect.
 *
 * @since 0.1.0
 */
public sealed class SseKeepAlive extends FluxOperator<SseEvent, SseEvent> permits SseKeepAlive.OverFuseable {

	/** The shortest interval. A shorter one would only add traffic. */
	public static final Duration MIN_INTERVAL = Duration.ofMillis(100);

	/** The longest interval. Use {@link #off(Flux)} instead of a longer one. */
	public static final Duration MAX_INTERVAL = Duration.ofDays(365);

	private final SseStream.KeepAlive settings;

	private SseKeepAlive(Flux<? extends SseEvent> source, SseStream.KeepAlive settings) {
		super(source);
		this.settings = settings;
	}

	/**
	 * Create a flux with a keep-alive of its own. The keep-alive is on, even if that of
	 * the application is off.
	 * @param source the events
	 * @return the same events; interval and comment are those of the application unless
	 * set
	 */
	public static SseKeepAlive of(Flux<? extends SseEvent> source) {
		return create(source, new SseStream.KeepAlive(true, null, null));
	}

	/**
	 * Create a flux without a keep-alive. Its stream may be silent for any length of
	 * time.
	 * @param source the events
	 * @return the same events
	 */
	public static SseKeepAlive off(Flux<? extends SseEvent> source) {
		return create(source, new SseStream.KeepAlive(false, null, null));
	}

	private static SseKeepAlive create(Flux<? extends SseEvent> source, SseStream.KeepAlive settings) {
		Objects.requireNonNull(source, "source must not be null");
		return (source instanceof Fuseable) ? new OverFuseable(source, settings) : new SseKeepAlive(source, settings);
	}

	/**
	 * Set the longest time without any bytes.
	 * @param maxInterval 100 ms to 365 days
	 * @return a copy with this interval
	 * @throws IllegalArgumentException if the interval is shorter or longer
	 * @throws IllegalStateException if the keep-alive is {@linkplain #off(Flux) off}
	 */
	public SseKeepAlive maxInterval(Duration maxInterval) {
		if (maxInterval.compareTo(MIN_INTERVAL) < 0 || maxInterval.compareTo(MAX_INTERVAL) > 0) {
			throw new IllegalArgumentException(
					"maxInterval must be between 100 ms and 365 days but is %s; use off(..) for no keep-alive"
						.formatted(maxInterval));
		}
		return create(this.source, new SseStream.KeepAlive(true, maxInterval, requireOn().comment()));
	}

	/**
	 * Set the comment to write.
	 * @param comment the comment; may be empty
	 * @return a copy with this comment
	 * @throws IllegalArgumentException if the comment has a lone surrogate
	 * @throws IllegalStateException if the keep-alive is {@linkplain #off(Flux) off}
	 */
	public SseKeepAlive comment(String comment) {
		return create(this.source,
				new SseStream.KeepAlive(true, requireOn().maxInterval(), SseFields.checkText("comment", comment)));
	}

	private SseStream.KeepAlive requireOn() {
		if (!this.settings.enabled()) {
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
	 * Used if the source is fuseable. Operators check for {@link Fuseable} when they are
	 * assembled.
	 */
	static final class OverFuseable extends SseKeepAlive implements Fuseable {

		private OverFuseable(Flux<? extends SseEvent> source, SseStream.KeepAlive settings) {
			super(source, settings);
		}

	}

}
