package io.github.sse4spring.hub;

import java.util.function.Consumer;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseFrames;
import io.github.sse4spring.SseGapReason;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A hub whose log is in the memory of this process.
 */
final class DefaultSseHub implements SseHub {

	private final MemoryLog log;

	private final SseEventEncoder encoder;

	private final int maxEventSize;

	private final Listeners listeners;

	private final MissedCounter missed;

	private final LoopDispatchers dispatchers;

	private final DelayedTasks delayedTasks;

	/** Evicts old events. {@code null} if no topic has a maximum age. */
	private final @Nullable AgeSweeper sweeper;

	private final Consumer<HubSubscription> onLeave = this::leave;

	DefaultSseHub(MemoryLog log, HubSettings settings, SseEventEncoder encoder, Scheduler scheduler,
			Listeners listeners, MissedCounter missed) {
		this.log = log;
		this.encoder = encoder;
		this.maxEventSize = settings.maxEventSize();
		this.listeners = listeners;
		this.missed = missed;
		this.dispatchers = new LoopDispatchers(scheduler);
		this.delayedTasks = new DelayedTasks(scheduler);
		this.sweeper = settings.shortestReplayMaxAge()
			.map((maxAge) -> new AgeSweeper(log, this.delayedTasks, maxAge))
			.orElse(null);
	}

	@Override
	public SsePublication publish(String topic, SseEvent event) {
		PublishRules.check(topic, event);
		String ownId = event.id();
		// The log assigns an id under its lock, after the event is encoded. The id
		// nearly always has the length of the current position, so the frame is encoded
		// with that position, which is then replaced.
		String room = (ownId != null) ? ownId : this.log.positionAt(this.log.tail()).toString();
		byte[] frame = this.encoder.encodeWithRoom(event, room);
		if (frame.length > this.maxEventSize) {
			throw new SseEventTooLargeException(
					"The event has %d bytes, encoded, but the hub takes %d".formatted(frame.length, this.maxEventSize));
		}
		MemoryLog.Appended appended = this.log.append(topic, ownId,
				(id) -> SseFrames.retain(event, topic, id, this.encoder.fillIn(frame, room, id)));
		if (this.sweeper != null && appended.isAging()) {
			this.sweeper.sweepLater();
		}
		this.listeners.tell((listener) -> listener.onPublish(topic, appended.id()));
		return publication(topic, appended);
	}

	@Override
	public SsePublication complete(String topic) {
		PublishRules.checkTopic(topic);
		return publication(topic, this.log.complete(topic));
	}

	private static SsePublication publication(String topic, MemoryLog.Appended appended) {
		return new SsePublication(topic, appended.subscribers(), Mono.just(appended.id()));
	}

	@Override
	public Flux<SseEvent> subscribe(SseSubscription subscription) {
		return new HubFlux(subscription, this::start);
	}

	private HubSubscription start(HubSubscriber subscriber) {
		SseSubscription description = subscriber.description();
		SseStream stream = subscriber.stream();
		String resumeAfter = resumeAfter(description, stream);
		boolean missing = stream != null && description.resumes() && !stream.hasAllArrived();
		LoopDispatcher dispatcher = this.dispatchers.acquire(stream);
		HubSubscription subscription = new HubSubscription(subscriber, dispatcher, this.log, this.listeners,
				this.delayedTasks, this.onLeave);
		dispatcher.add(subscription);
		if (this.sweeper != null) {
			this.sweeper.add(subscription);
		}
		StartLocator start = this.log.start(description, resumeAfter, dispatcher, subscription);
		if (missing) {
			start.foundGap(SseGapReason.UNKNOWN);
		}
		subscription.startAt(start);
		tellListeners(description, start);
		return subscription;
	}

	private void tellListeners(SseSubscription description, StartLocator start) {
		this.listeners.tell((listener) -> listener.onSubscribe(description));
		if (start.hasReplay()) {
			this.listeners.tell((listener) -> listener.onReplay(description));
		}
		SseGapReason gap = start.gap();
		if (gap != null) {
			this.listeners.tell((listener) -> listener.onGap(description, gap));
		}
	}

	/**
	 * Return the id to resume after. The position of an earlier subscription of the same
	 * stream comes first, then the id that the description sets, then the last event ID
	 * of the client.
	 */
	private static @Nullable String resumeAfter(SseSubscription description, @Nullable SseStream stream) {
		SseStream resuming = description.resumes() ? stream : null;
		String continued = (resuming != null) ? resuming.resumeAfter() : null;
		if (continued != null || description.start() == SseSubscription.Start.AFTER) {
			return (continued != null) ? continued : description.afterId();
		}
		SseLastEventId lastEventId = (resuming != null) ? resuming.lastEventId() : null;
		return (lastEventId != null) ? lastEventId.value() : null;
	}

	/** On any thread: remove a subscription that has ended. */
	private void leave(HubSubscription subscription) {
		this.log.leave(subscription.cursors());
		LoopDispatcher dispatcher = subscription.dispatcher();
		dispatcher.execute(() -> subscription.cursors().forEach((cursor) -> cursor.member().leave()));
		dispatcher.remove(subscription);
		this.dispatchers.release(dispatcher);
		if (this.sweeper != null) {
			this.sweeper.remove(subscription);
		}
	}

	@Override
	public String position() {
		return this.log.position().toString();
	}

	@Override
	public SseHubSnapshot snapshot() {
		return this.log.snapshot(this.missed.sum());
	}

	@Override
	public void close() {
		this.log.close();
	}

}
