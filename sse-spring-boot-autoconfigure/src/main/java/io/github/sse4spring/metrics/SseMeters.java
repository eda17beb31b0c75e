package io.github.sse4spring.metrics;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseGapReason;
import io.github.sse4spring.SseHubListener;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseLimit;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.stream.SseStreamListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Counts and times what happens in a hub and on its streams. All meters are registered at
 * once, so that a rate of zero is there to be seen. What is measured once a batch costs
 * nothing for each event.
 *
 * @since 0.1.0
 */
public final class SseMeters implements SseHubListener, SseStreamListener {

	/** The tag of topics that have none of their own. */
	static final String OTHER = "other";

	private final Map<String, Counter> publishedByTopic = new HashMap<>();

	private final Counter published;

	private final Counter delivered;

	private final Counter missed;

	private final Counter replays;

	private final Map<SseGapReason, Counter> gaps = new EnumMap<>(SseGapReason.class);

	private final Counter keepAlives;

	private final Counter opened;

	private final Map<SseLimit, Counter> refused = new EnumMap<>(SseLimit.class);

	private final Map<SseStreamEnd, Counter> closed = new EnumMap<>(SseStreamEnd.class);

	private final Timer duration;

	private final Timer publishDelay;

	private final DistributionSummary batchEvents;

	/**
	 * Register all meters.
	 * @param registry the registry
	 * @param topics topics that may be a tag
	 */
	public SseMeters(MeterRegistry registry, Collection<String> topics) {
		topics.forEach((topic) -> this.publishedByTopic.put(topic, published(registry, topic)));
		this.published = published(registry, OTHER);
		this.delivered = Counter.builder("sse.events.delivered")
			.description("Events written to streams")
			.register(registry);
		this.missed = Counter.builder("sse.events.missed")
			.description("Events that subscribers skipped because they lagged")
			.register(registry);
		this.replays = Counter.builder("sse.replays")
			.description("Subscribers that began with retained events")
			.register(registry);
		for (SseGapReason reason : SseGapReason.values()) {
			this.gaps.put(reason,
					Counter.builder("sse.gaps")
						.description("Subscribers that could not resume without a gap")
						.tag("reason", reason.code())
						.register(registry));
		}
		this.keepAlives = Counter.builder("sse.keepalives")
			.description("Keep-alive comments written")
			.register(registry);
		this.opened = Counter.builder("sse.streams.opened").description("Streams opened").register(registry);
		for (SseLimit limit : SseLimit.values()) {
			this.refused.put(limit,
					Counter.builder("sse.streams.refused")
						.description("Streams refused by a limit")
						.tag("reason", limit.code())
						.register(registry));
		}
		for (SseStreamEnd end : SseStreamEnd.values()) {
			this.closed.put(end,
					Counter.builder("sse.streams.closed")
						.description("Streams that were open and have ended")
						.tag("reason", end.name().toLowerCase(Locale.ROOT))
						.register(registry));
		}
		this.duration = Timer.builder("sse.stream.duration")
			.description("How long streams were open")
			.maximumExpectedValue(Duration.ofDays(1))
			.register(registry);
		this.publishDelay = Timer.builder("sse.publish.delay")
			.description("From the publishing of an event to its writing, the first of each batch")
			.register(registry);
		this.batchEvents = DistributionSummary.builder("sse.batch.events")
			.description("Events written at once")
			.register(registry);
	}

	private static Counter published(MeterRegistry registry, String topic) {
		return Counter.builder("sse.events.published")
			.description("Events published to the hub")
			.tag("topic", topic)
			.register(registry);
	}

	@Override
	public void onPublish(String topic, String id) {
		this.publishedByTopic.getOrDefault(topic, this.published).increment();
	}

	@Override
	public void onLag(SseSubscription subscription, long missed) {
		this.missed.increment((double) missed);
	}

	@Override
	public void onReplay(SseSubscription subscription) {
		this.replays.increment();
	}

	@Override
	public void onGap(SseSubscription subscription, SseGapReason reason) {
		Counter counter = this.gaps.get(reason);
		if (counter != null) {
			counter.increment();
		}
	}

	@Override
	public void onOpen(SseConnection connection) {
		this.opened.increment();
	}

	@Override
	public void onBatch(int events, long delayNanos) {
		this.delivered.increment(events);
		this.batchEvents.record(events);
		if (delayNanos >= 0) {
			this.publishDelay.record(delayNanos, TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void onKeepAlive() {
		this.keepAlives.increment();
	}

	@Override
	public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
		Counter counter = this.closed.get(end);
		if (counter != null) {
			counter.increment();
		}
		this.duration.record(open);
	}

	@Override
	public void onRefused(SseLimit limit) {
		Counter counter = this.refused.get(limit);
		if (counter != null) {
			counter.increment();
		}
	}

}
