package io.github.sse4spring.webflux;

import java.time.Duration;

import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseLimit;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.stream.SseStreamListener;

/**
 * Fails in the worst way whatever it is told.
 */
class FailingListener implements SseStreamListener {

	@Override
	public void onOpen(SseConnection connection) {
		throw new AssertionError("open");
	}

	@Override
	public void onBatch(int events, long delayNanos) {
		throw new NoSuchMethodError("batch");
	}

	@Override
	public void onKeepAlive() {
		throw new AssertionError("keep-alive");
	}

	@Override
	public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
		throw new NoSuchMethodError("end");
	}

	@Override
	public void onRefused(SseLimit limit) {
		throw new AssertionError("refused");
	}

}
