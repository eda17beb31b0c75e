package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.stream.SseStreamSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Properties of event streams. They are checked when they have been bound, with or
 * without a Bean Validation provider: a value out of range stops the start.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("sse")
public class SseProperties implements InitializingBean {

	/**
	 * Whether to configure event streams at all.
	 */
	private boolean enabled = true;

	private final KeepAlive keepAlive = new KeepAlive();

	private final Hub hub = new Hub();

	private final Stream stream = new Stream();

	private final Limits limits = new Limits();

	private final Metrics metrics = new Metrics();

	private final Shutdown shutdown = new Shutdown();

	private final Client client = new Client();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public KeepAlive getKeepAlive() {
		return this.keepAlive;
	}

	public Hub getHub() {
		return this.hub;
	}

	public Stream getStream() {
		return this.stream;
	}

	public Limits getLimits() {
		return this.limits;
	}

	public Metrics getMetrics() {
		return this.metrics;
	}

	public Shutdown getShutdown() {
		return this.shutdown;
	}

	public Client getClient() {
		return this.client;
	}

	@Override
	public void afterPropertiesSet() {
		PropertyRules.between("sse.keep-alive.max-interval", this.keepAlive.maxInterval, SseKeepAlive.MIN_INTERVAL,
				PropertyRules.LONGEST);
		this.hub.check();
		this.stream.check();
		PropertyRules.notNegative("sse.limits.max-connections", this.limits.maxConnections);
		PropertyRules.notNegative("sse.limits.max-connections-per-client", this.limits.maxConnectionsPerClient);
		PropertyRules.between("sse.limits.refusal-retry", this.limits.refusalRetry, Duration.ofMillis(1),
				PropertyRules.LONGEST);
		this.metrics.topics.forEach((topic) -> PropertyRules.topic("sse.metrics.topics", topic));
		PropertyRules.path("sse.client.path", this.client.path);
		PropertyRules.between("sse.shutdown.drain-timeout", this.shutdown.drainTimeout, Duration.ZERO,
				PropertyRules.LONGEST);
	}

	/** The bounds of the hub and the keep-alive, in a line. */
	String describe() {
		String keepAlive = this.keepAlive.enabled ? "after " + PropertyRules.print(this.keepAlive.maxInterval) : "off";
		return "the hub retains %d events a topic, %s in all, of %d topics at most; keep-alive %s".formatted(
				this.hub.replaySize, PropertyRules.print(this.hub.maxRetainedSize), this.hub.maxTopics, keepAlive);
	}

	SseStreamSettings toStreamSettings() {
		return new SseStreamSettings(
				new SseStreamSettings.KeepAlive(this.keepAlive.enabled, this.keepAlive.maxInterval,
						this.keepAlive.comment),
				this.stream.openDelay, new SseStreamSettings.Retry(this.stream.retry.min, this.stream.retry.max),
				new SseStreamSettings.Lifetime(this.stream.onComplete == OnComplete.END, this.stream.maxAge,
						this.stream.stallTimeout, this.shutdown.drainTimeout),
				new SseStreamSettings.Wire(this.stream.peerTimeout, this.stream.compression,
						this.stream.framing == Framing.CHUNKED),
				new SseStreamSettings.Limits(this.limits.maxConnections, this.limits.maxConnectionsPerClient,
						this.limits.refusalRetry));
	}

	/**
	 * Keep-alive of every stream.
	 */
	public static class KeepAlive {

		/**
		 * Whether to write a comment when nothing else was written for the interval.
		 */
		private boolean enabled = true;

		/**
		 * Longest time without any bytes, at least 100ms. Shorter than the idle timeout
		 * of every proxy on the way.
		 */
		private Duration maxInterval = Duration.ofSeconds(15);

		/**
		 * Comment to write, which clients ignore.
		 */
		private String comment = "";

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public Duration getMaxInterval() {
			return this.maxInterval;
		}

		public void setMaxInterval(Duration maxInterval) {
			this.maxInterval = maxInterval;
		}

		public String getComment() {
			return this.comment;
		}

		public void setComment(@Nullable String comment) {
			this.comment = (comment != null) ? comment : "";
		}

	}

	/**
	 * Bounds of the hub.
	 */
	public static class Hub {

		/**
		 * How many events of each topic a subscriber may be behind, at least 1.
		 */
		private int bufferSize = 256;

		/**
		 * What a subscriber gets that is further behind.
		 */
		private SseLagPolicy lagPolicy = SseLagPolicy.SKIP;

		/**
		 * How many events each topic retains for those who resume. When 0 it retains only
		 * what the buffers of its live subscribers need.
		 */
		private int replaySize = 256;

		/**
		 * Age of the oldest event that a subscription may start with. Older events are
		 * removed, except those that a subscriber within its buffer has still to read.
		 * Any when empty.
		 */
		private @Nullable Duration replayMaxAge;

		/**
		 * How much all topics retain together: encoded events with their ids, names and
		 * comments, and 128 bytes for each event. The oldest events of the hub go first.
		 */
		private DataSize maxRetainedSize = DataSize.ofMegabytes(64);

		/**
		 * Size of the largest event, encoded; publishing a larger one fails. Not above
		 * max-retained-size, which the default follows down.
		 */
		private DataSize maxEventSize = DataSize.ofMegabytes(1);

		private boolean maxEventSizeSet;

		/**
		 * How many topics may retain events. The longest idle one without subscribers
		 * goes first; without one publishing to another topic fails.
		 */
		private int maxTopics = 10000;

		/**
		 * How long a topic lives, with all it retains, without subscriber and publish.
		 */
		private Duration topicIdleTimeout = Duration.ofMinutes(10);

		SseHubBuilder apply(SseHubBuilder builder) {
			if (this.maxEventSizeSet) {
				builder.maxEventSize((int) Math.min(this.maxEventSize.toBytes(), Integer.MAX_VALUE));
			}
			return builder.bufferSize(this.bufferSize)
				.lagPolicy(this.lagPolicy)
				.replaySize(this.replaySize)
				.replayMaxAge(this.replayMaxAge)
				.maxRetainedSize(this.maxRetainedSize.toBytes())
				.maxTopics(this.maxTopics)
				.topicIdleTimeout(this.topicIdleTimeout);
		}

		private void check() {
			PropertyRules.positive("sse.hub.buffer-size", this.bufferSize);
			PropertyRules.notNegative("sse.hub.replay-size", this.replaySize);
			if (this.replayMaxAge != null) {
				PropertyRules.between("sse.hub.replay-max-age", this.replayMaxAge, Duration.ofMillis(1),
						PropertyRules.LONGEST);
			}
			PropertyRules.positive("sse.hub.max-retained-size", this.maxRetainedSize);
			PropertyRules.positive("sse.hub.max-event-size", this.maxEventSize);
			if (this.maxEventSizeSet) {
				PropertyRules.notAbove("sse.hub.max-event-size", this.maxEventSize, "sse.hub.max-retained-size",
						this.maxRetainedSize);
			}
			PropertyRules.positive("sse.hub.max-topics", this.maxTopics);
			PropertyRules.between("sse.hub.topic-idle-timeout", this.topicIdleTimeout, Duration.ofMillis(1),
					PropertyRules.LONGEST);
		}

		public int getBufferSize() {
			return this.bufferSize;
		}

		public void setBufferSize(int bufferSize) {
			this.bufferSize = bufferSize;
		}

		public SseLagPolicy getLagPolicy() {
			return this.lagPolicy;
		}

		public void setLagPolicy(SseLagPolicy lagPolicy) {
			this.lagPolicy = lagPolicy;
		}

		public int getReplaySize() {
			return this.replaySize;
		}

		public void setReplaySize(int replaySize) {
			this.replaySize = replaySize;
		}

		public @Nullable Duration getReplayMaxAge() {
			return this.replayMaxAge;
		}

		public void setReplayMaxAge(@Nullable Duration replayMaxAge) {
			this.replayMaxAge = replayMaxAge;
		}

		public DataSize getMaxRetainedSize() {
			return this.maxRetainedSize;
		}

		public void setMaxRetainedSize(DataSize maxRetainedSize) {
			this.maxRetainedSize = maxRetainedSize;
		}

		public DataSize getMaxEventSize() {
			return this.maxEventSize;
		}

		public void setMaxEventSize(DataSize maxEventSize) {
			this.maxEventSize = maxEventSize;
			this.maxEventSizeSet = true;
		}

		public int getMaxTopics() {
			return this.maxTopics;
		}

		public void setMaxTopics(int maxTopics) {
			this.maxTopics = maxTopics;
		}

		public Duration getTopicIdleTimeout() {
			return this.topicIdleTimeout;
		}

		public void setTopicIdleTimeout(Duration topicIdleTimeout) {
			this.topicIdleTimeout = topicIdleTimeout;
		}

	}

	/**
	 * Opening, end and wire format of every stream.
	 */
	public static class Stream {

		/**
		 * How long a source may be silent before headers and a first comment are sent
		 * without it. Until then an error still becomes the status of the response. When
		 * 0 the response is opened at once.
		 */
		private Duration openDelay = Duration.ofMillis(250);

		private final Retry retry = new Retry();

		/**
		 * What a client is told when the flux of its stream completes.
		 */
		private OnComplete onComplete = OnComplete.END;

		/**
		 * Whether to write a space after the colon of every field, for clients that
		 * demand it. A space is always written where the value would lose one otherwise.
		 */
		private boolean spaceAfterColon;

		/**
		 * How long a stream lives, more or less a tenth; then its client is told to come
		 * back. At least 1s. For ever when empty.
		 */
		private @Nullable Duration maxAge;

		/**
		 * How long a client may take no byte while something waits for it; then its
		 * connection is closed. When 0 it may do so for ever.
		 */
		private Duration stallTimeout = Duration.ofSeconds(30);

		/**
		 * How long bytes may stay unacknowledged before the connection of a peer that is
		 * gone is closed, where the transport can do that (epoll on Linux). When 0 it is
		 * as long as the system says, often 15 minutes. To the system a peer that takes
		 * nothing does not answer either: so it is never shorter than stall-timeout, and
		 * off without one.
		 */
		private Duration peerTimeout = Duration.ofSeconds(60);

		/**
		 * Whether event streams may be compressed if the server compresses this media
		 * type. Costs memory for each stream.
		 */
		private boolean compression;

		/**
		 * How a response is framed in HTTP/1.1.
		 */
		private Framing framing = Framing.CHUNKED;

		private void check() {
			PropertyRules.between("sse.stream.open-delay", this.openDelay, Duration.ZERO, PropertyRules.LONGEST);
			PropertyRules.between("sse.stream.retry.min", this.retry.min, Duration.ofMillis(1), PropertyRules.LONGEST);
			PropertyRules.between("sse.stream.retry.max", this.retry.max, Duration.ofMillis(1), PropertyRules.LONGEST);
			this.retry.checkOrder();
			if (this.maxAge != null) {
				PropertyRules.between("sse.stream.max-age", this.maxAge, Duration.ofSeconds(1), PropertyRules.LONGEST);
			}
			PropertyRules.between("sse.stream.stall-timeout", this.stallTimeout, Duration.ZERO, PropertyRules.LONGEST);
			PropertyRules.between("sse.stream.peer-timeout", this.peerTimeout, Duration.ZERO, PropertyRules.LONGEST);
		}

		public Duration getOpenDelay() {
			return this.openDelay;
		}

		public void setOpenDelay(Duration openDelay) {
			this.openDelay = openDelay;
		}

		public Retry getRetry() {
			return this.retry;
		}

		public OnComplete getOnComplete() {
			return this.onComplete;
		}

		public void setOnComplete(OnComplete onComplete) {
			this.onComplete = onComplete;
		}

		public boolean isSpaceAfterColon() {
			return this.spaceAfterColon;
		}

		public void setSpaceAfterColon(boolean spaceAfterColon) {
			this.spaceAfterColon = spaceAfterColon;
		}

		public @Nullable Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(@Nullable Duration maxAge) {
			this.maxAge = maxAge;
		}

		public Duration getStallTimeout() {
			return this.stallTimeout;
		}

		public void setStallTimeout(Duration stallTimeout) {
			this.stallTimeout = stallTimeout;
		}

		public Duration getPeerTimeout() {
			return this.peerTimeout;
		}

		public void setPeerTimeout(Duration peerTimeout) {
			this.peerTimeout = peerTimeout;
		}

		public boolean isCompression() {
			return this.compression;
		}

		public void setCompression(boolean compression) {
			this.compression = compression;
		}

		public Framing getFraming() {
			return this.framing;
		}

		public void setFraming(Framing framing) {
			this.framing = framing;
		}

	}

	/**
	 * What clients are told to wait before they reconnect.
	 */
	public static class Retry {

		/**
		 * Shortest time, at least 1ms. Each client is told a random time, so that not all
		 * come back at once.
		 */
		private Duration min = Duration.ofSeconds(2);

		/**
		 * Longest time, not below the shortest.
		 */
		private Duration max = Duration.ofSeconds(5);

		private boolean minSet;

		/** Refuses the one that is set, which alone is written down somewhere. */
		private void checkOrder() {
			if (this.minSet) {
				PropertyRules.notAbove("sse.stream.retry.min", this.min, "sse.stream.retry.max", this.max);
			}
			else {
				PropertyRules.notBelow("sse.stream.retry.max", this.max, "sse.stream.retry.min", this.min);
			}
		}

		public Duration getMin() {
			return this.min;
		}

		public void setMin(Duration min) {
			this.min = min;
			this.minSet = true;
		}

		public Duration getMax() {
			return this.max;
		}

		public void setMax(Duration max) {
			this.max = max;
		}

	}

	/**
	 * What a client is told when the flux of its stream completes.
	 */
	public enum OnComplete {

		/**
		 * The stream is finished: a browser asks once more, gets 204 and stops.
		 */
		END,

		/**
		 * Nothing: a browser reconnects and starts the handler anew.
		 */
		RECONNECT

	}

	/**
	 * How a response is framed in HTTP/1.1.
	 */
	public enum Framing {

		/**
		 * In chunks: the connection can be used again after the end of a stream.
		 */
		CHUNKED,

		/**
		 * By the end of the connection.
		 */
		CLOSE

	}

	/**
	 * How many streams there may be.
	 */
	public static class Limits {

		/**
		 * How many streams may be open on this node. Any number when 0.
		 */
		private int maxConnections = 10000;

		/**
		 * How many streams a client may have open on this node: a principal, else a
		 * remote address. Any number when 0.
		 */
		private int maxConnectionsPerClient;

		/**
		 * What a client that is refused is told to wait, more or less a half.
		 */
		private Duration refusalRetry = Duration.ofSeconds(30);

		public int getMaxConnections() {
			return this.maxConnections;
		}

		public void setMaxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
		}

		public int getMaxConnectionsPerClient() {
			return this.maxConnectionsPerClient;
		}

		public void setMaxConnectionsPerClient(int maxConnectionsPerClient) {
			this.maxConnectionsPerClient = maxConnectionsPerClient;
		}

		public Duration getRefusalRetry() {
			return this.refusalRetry;
		}

		public void setRefusalRetry(Duration refusalRetry) {
			this.refusalRetry = refusalRetry;
		}

	}

	/**
	 * What is measured.
	 */
	public static class Metrics {

		/**
		 * Topics that may be a tag of meters; all others are "other".
		 */
		private List<String> topics = new ArrayList<>();

		/**
		 * Whether the timer "http.server.requests" has event streams too, each as one
		 * request of its whole life.
		 */
		private boolean httpServerRequests = true;

		public List<String> getTopics() {
			return this.topics;
		}

		public void setTopics(List<String> topics) {
			this.topics = topics;
		}

		public boolean isHttpServerRequests() {
			return this.httpServerRequests;
		}

		public void setHttpServerRequests(boolean httpServerRequests) {
			this.httpServerRequests = httpServerRequests;
		}

	}

	/**
	 * End of all streams when the application stops.
	 */
	public static class Shutdown {

		/**
		 * How long open streams may take to end. When 0 connections are closed at once.
		 */
		private Duration drainTimeout = Duration.ofSeconds(2);

		public Duration getDrainTimeout() {
			return this.drainTimeout;
		}

		public void setDrainTimeout(Duration drainTimeout) {
			this.drainTimeout = drainTimeout;
		}

	}

	/**
	 * The client for browsers.
	 */
	public static class Client {

		/**
		 * Whether to serve "sse-client.js", a module for browsers that reads event
		 * streams with fetch.
		 */
		private boolean enabled;

		/**
		 * Where it is served, below the base path of the application.
		 */
		private String path = "/sse-client.js";

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public String getPath() {
			return this.path;
		}

		public void setPath(String path) {
			this.path = path;
		}

	}

}
