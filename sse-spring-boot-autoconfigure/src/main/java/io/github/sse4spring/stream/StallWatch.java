package io.github.sse4spring.stream;

/**
 * Finds out whether a client takes no bytes for too long while bytes wait for it. On the
 * loop of its stream only.
 */
final class StallWatch {

	/*
	 * Watching begins when bytes are written, and ends when a look finds that no bytes
	 * wait. So a stream at rest costs nothing. After a rest the first look comes right
	 * after the flush, while the memory of the stream is still warm. Mostly it is the
	 * only one. Later looks are a quarter of the timeout apart. Bytes that were taken
	 * between two looks count from the later look, so a stall is found up to a quarter
	 * too late and never too early. A look compares bytes and not events, so a large
	 * event that leaves slowly is no stall.
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
	 * Bytes were written, or are written from now on.
	 * @return whether this was after a rest, so that a look right after the flush pays
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
	 * Stop watching if nothing waits any more.
	 * @return whether that is so
	 */
	boolean settle() {
		if (!this.transport.hasPending()) {
			this.lookAt = Deadlines.NEVER;
			return true;
		}
		return false;
	}

	/**
	 * Look, if it is time to. A look that comes late shows that the loop stood still (a
	 * pause of the JVM, a machine under load). The client could not be served in that
	 * time, so the time does not count against the client.
	 * @return whether nothing was taken for the timeout
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
