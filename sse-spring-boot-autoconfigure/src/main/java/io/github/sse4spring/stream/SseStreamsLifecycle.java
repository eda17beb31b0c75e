package io.github.sse4spring.stream;

import org.springframework.context.SmartLifecycle;

/**
 * Ends all streams when the application stops, before the web server waits for its
 * requests to end. Otherwise the server would wait for every open stream until its own
 * timeout.
 */
final class SseStreamsLifecycle implements SmartLifecycle {

	/**
	 * A higher phase stops first. Boot's web server begins to wait in DEFAULT_PHASE -
	 * 1024. Beans that publish events are commonly in DEFAULT_PHASE.
	 */
	private static final int PHASE = DEFAULT_PHASE - 512;

	private final SseStreams streams;

	private volatile boolean running;

	SseStreamsLifecycle(SseStreams streams) {
		this.streams = streams;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Not paused when a test context is paused, since the web server is not paused
	 * either.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public void start() {
		this.streams.resume();
		this.running = true;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.streams.drain().doFinally((signal) -> callback.run()).subscribe();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
