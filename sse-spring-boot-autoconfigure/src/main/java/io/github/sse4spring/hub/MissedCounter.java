package io.github.sse4spring.hub;

import java.util.concurrent.atomic.LongAdder;

import io.github.sse4spring.SseHubListener;
import io.github.sse4spring.SseSubscription;

/**
 * Counts the events that all subscribers of a hub have missed.
 */
final class MissedCounter implements SseHubListener {

	private final LongAdder missed = new LongAdder();

	@Override
	public void onLag(SseSubscription subscription, long missed) {
		this.missed.add(missed);
	}

	long sum() {
		return this.missed.sum();
	}

}
