package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import io.github.sse4spring.SseStream;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one stream. On its loop only.
 */
final class StreamDeadlines {

	/** Streams that were opened together must not all end together. */
	private static final double AGE_JITTER = 0.1;

	private final StreamLoop loop;

	private final Deadlines.Deadline deadline;

	private final StallWatch stall;

	private StreamKeepAlive keepAlive;

	private boolean ownKeepAlive;

	/** The time of the last look at the clock. Each pump looks once. */
	private long now;

	private long openAt = Deadlines.NEVER;

	private long ageAt = Deadlines.NEVER;

	private long openedAt;

	private long writtenAt;

	private long keepAliveAt = Deadlines.NEVER;

	StreamDeadlines(StreamLoop loop, Runnable action, StallWatch stall, StreamKeepAlive keepAlive) {
		this.loop = loop;
		this.deadline = loop.deadlines().create(action);
		this.stall = stall;
		this.keepAlive = keepAlive;
	}

	void begin(Duration openDelay, @Nullable Duration maxAge) {
		look();
		this.openAt = this.now + openDelay.toNanos();
		this.stall.written(this.now);
		if (maxAge != null) {
			double factor = ThreadLocalRandom.current().nextDouble(1 - AGE_JITTER, 1 + AGE_JITTER);
			this.ageAt = this.now + (long) (maxAge.toNanos() * factor);
		}
		arm();
	}

	/** Look at the clock. */
	void look() {
		this.now = this.loop.nanoTime();
	}

	/** The first settings win: they are those of the outermost operator. */
	void use(SseStream.KeepAlive settings, StreamFrames frames) {
		if (!this.ownKeepAlive) {
			this.ownKeepAlive = true;
			this.keepAlive = this.keepAlive.with(settings, frames);
			if (this.keepAliveAt != Deadlines.NEVER || this.openAt == Deadlines.NEVER) {
				this.keepAliveAt = this.keepAlive.nextAfter(this.writtenAt);
			}
		}
	}

	void opened() {
		this.openAt = Deadlines.NEVER;
		this.openedAt = this.now;
	}

	/** How long the stream has been open. */
	Duration open() {
		return Duration.ofNanos(this.loop.nanoTime() - this.openedAt);
	}

	/**
	 * Bytes were written.
	 * @return whether {@link #settle()} should be called right after the flush
	 */
	boolean written() {
		this.writtenAt = this.now;
		this.keepAliveAt = this.keepAlive.nextAfter(this.writtenAt);
		return this.stall.written(this.writtenAt);
	}

	/**
	 * Stop watching for a stall if no bytes wait after a flush, and set the next wake-up.
	 */
	void settle() {
		this.stall.settle();
		arm();
	}

	/**
	 * Remove the deadlines of a stream that writes nothing more. The stall timeout still
	 * applies, since the client must take the bytes that were written.
	 */
	void ended() {
		this.openAt = Deadlines.NEVER;
		this.ageAt = Deadlines.NEVER;
		this.keepAliveAt = Deadlines.NEVER;
	}

	boolean mustOpen() {
		return this.now >= this.openAt;
	}

	boolean isTooOld() {
		return this.now >= this.ageAt;
	}

	boolean hasStalled() {
		return this.stall.hasStalled(this.now);
	}

	/** The keep-alive comment, if it is due. */
	byte @Nullable [] dueKeepAlive() {
		return (this.now >= this.keepAliveAt) ? this.keepAlive.frame() : null;
	}

	/**
	 * Set the wake-up of the stream to its next deadline. A deadline that is due already
	 * needs no wake-up: it is handled when the client reads again.
	 */
	void arm() {
		long next = Math.min(later(this.openAt), later(this.keepAliveAt));
		this.deadline.set(Math.min(next, Math.min(later(this.ageAt), later(this.stall.lookAt()))));
	}

	private long later(long time) {
		return (time > this.now) ? time : Deadlines.NEVER;
	}

	/** Remove all deadlines of a stream that is over. */
	void cancel() {
		this.deadline.cancel();
	}

}
