package io.github.sse4spring.stream;

import java.time.Duration;

import io.github.sse4spring.SseStream;

/**
 * The keep-alive of a stream, its comment encoded once. Immutable.
 */
final class StreamKeepAlive {

	private final boolean enabled;

	private final long intervalNanos;

	private final byte[] frame;

	private StreamKeepAlive(boolean enabled, long intervalNanos, byte[] frame) {
		this.enabled = enabled;
		this.intervalNanos = intervalNanos;
		this.frame = frame;
	}

	static StreamKeepAlive of(SseStreamSettings.KeepAlive settings, StreamFrames frames) {
		return new StreamKeepAlive(settings.enabled(), settings.maxInterval().toNanos(),
				frames.comment(settings.comment()));
	}

	/**
	 * Return a keep-alive with the settings of a flux. A setting that the flux does not
	 * set is that of this keep-alive.
	 */
	StreamKeepAlive with(SseStream.KeepAlive settings, StreamFrames frames) {
		Duration maxInterval = settings.maxInterval();
		String comment = settings.comment();
		return new StreamKeepAlive(settings.enabled(),
				(maxInterval != null) ? maxInterval.toNanos() : this.intervalNanos,
				(comment != null) ? frames.comment(comment) : this.frame);
	}

	/** When to write the comment if nothing is written after the given time. */
	long nextAfter(long nanoTime) {
		return this.enabled ? nanoTime + this.intervalNanos : Deadlines.NEVER;
	}

	byte[] frame() {
		return this.frame;
	}

}
