package io.github.sse4spring.hub;

import java.time.Duration;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of a hub, as its builder collects them.
 *
 * @param bufferSize events of a topic that a subscriber may be behind
 * @param lagPolicy what it gets when it is further behind
 * @param replaySize events that a topic retains
 * @param replayMaxAge age of the oldest event that a subscription starts with
 * @param maxRetainedSize bytes that the hub retains
 * @param maxEventSize bytes of the largest event
 * @param maxTopics topics that retain events
 * @param topicIdleTimeout how long a topic lives without subscriber and publish
 */
record HubSettings(int bufferSize, SseLagPolicy lagPolicy, int replaySize, @Nullable Duration replayMaxAge,
		long maxRetainedSize, int maxEventSize, int maxTopics, Duration topicIdleTimeout) {

}
