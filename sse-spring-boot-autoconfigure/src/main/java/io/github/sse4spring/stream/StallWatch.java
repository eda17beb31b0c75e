package io.github.sse4spring.stream;

/**
 * Detects a client that takes no bytes for too long while bytes wait for it. On the loop
 * of its stream only.
 */
final class StallWatch {

	/*
	 * Watching begins when bytes are written, and ends when a look finds that no bytes
	 * wait. So a stream at rest costs nothing. After a rest the first look comes right
	 * after the flush, while the memory of the stream is still in the processor cache. In
	 * most cases no other look is needed. Later looks are a quarter of the timeout apart.
	 * Bytes that were taken between two looks count as taken at the later look. So a
	 * stall is detected up to a quarter of the timeout too late, and never too early. A
	 * look compares bytes and not events, so a large event that leaves slowly is no
	 * stall.
	 */
	private static final int LOOKS = 4;

	private final StreamTransport transport;

	private final long timeout;

	private long lookAt = Deadlines.NEVER;

	private long takenAt;

	private long progress;

	StallWatch(StreamTransport transport, long timeoutNanos) {
		this.transport = transport;
		this.timeout = timeoutNanos;
	}

	/** When to look next. */
	long lookAt() {
		return this.lookAt;
	}

	/**
	 * Start to watch, unless watching has started already. Called when bytes were
	 * written, and when the stream begins.
	 * @return whether watching starts after a rest, so that {@link #settle()} should be
	 * called right after the flush
	 */
	boolean written(long now) {
		if (this.lookAt != Deadlines.NEVER || this.timeout == 0) {
			return false;
		}
		boolean rested = now - this.takenAt >= this.timeout / LOOKS;
		this.takenAt = now;
		this.progress = this.transport.progress();
		this.lookAt = now + this.timeout / LOOKS;
		return rested;
	}

	/**
	 * Stop watching if no bytes wait any more.
	 * @return whether no bytes wait
	 */
	boolean settle() {
		if (!this.transport.hasPending()) {
			this.lookAt = Deadlines.NEVER;
			return true;
		}
		return false;
	}

	/**
	 * Check for a stall, if the time of the next look has come. A look that comes late
	 * shows that the loop stood still (a pause of the JVM, a machine under load). The
	 * client could not be served in that time, so the time does not count as a stall.
	 * @return whether the client has taken no bytes for as long as the timeout
	 */
	boolean hasStalled(long now) {
		if (now < this.lookAt || settle()) {
			return false;
		}
		long progress = this.transport.progress();
		if (progress != this.progress) {
			this.progress = progress;
			this.takenAt = now;
		}
		else {
			this.takenAt += now - this.lookAt;
		}
		this.lookAt = Math.min(now + this.timeout / LOOKS, this.takenAt + this.timeout);
		return now - this.takenAt >= this.timeout;
	}

}
