package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of event streams. {@link SsePropertiesValidator} checks them once they are
 * bound, with or without a Bean Validation provider. {@link SsePropertiesMapper} turns
 * them into the settings of streams and of the hub.
 *
 * <p>
 * Every default stands in one place. The defaults of {@code sse.hub.*} are those of
 * {@code SseHubBuilder}, and the default of the keep-alive interval is that of
 * {@code SseKeepAlive}, since applications use both without properties. Their components
 * are {@code null} unless they are set, and the metadata repeats their defaults for IDEs;
 * a test compares the two. All other defaults stand here.
 *
 * @param enabled Whether to configure event streams at all.
 * @param keepAlive keep-alive of every stream
 * @param hub bounds of the hub
 * @param stream opening, end and wire format of every stream
 * @param limits how many streams there may be
 * @param metrics what is measured
 * @param shutdown end of all streams when the application stops
 * @param client the client for browsers
 */
@ConfigurationProperties("sse")
record SseProperties(@DefaultValue("true") boolean enabled, @DefaultValue KeepAlive keepAlive, @DefaultValue Hub hub,
		@DefaultValue Stream stream, @DefaultValue Limits limits, @DefaultValue Metrics metrics,
		@DefaultValue Shutdown shutdown, @DefaultValue Client client) implements InitializingBean {

	@Override
	public void afterPropertiesSet() {
		SsePropertiesValidator.validate(this);
	}

	/**
	 * Keep-alive of every stream.
	 *
	 * @param enabled Whether to write a comment when nothing else was written for the
	 * interval.
	 * @param maxInterval Longest time without any bytes, at least 100ms. Shorter than the
	 * idle timeout of every proxy on the way.
	 * @param comment Comment to write, which clients ignore.
	 */
	record KeepAlive(@DefaultValue("true") boolean enabled, @Nullable Duration maxInterval,
			@DefaultValue("") String comment) {

		Duration maxIntervalOrDefault() {
			return (this.maxInterval != null) ? this.maxInterval : SseKeepAlive.DEFAULT_INTERVAL;
		}

	}

	/**
	 * Bounds of the hub.
	 *
	 * @param bufferSize How many events of each topic a subscriber may be behind, at
	 * least 1.
	 * @param lagPolicy What a subscriber gets that is further behind.
	 * @param replaySize How many events each topic retains for those who resume. When 0
	 * it retains only what the buffers of its live subscribers need.
	 * @param replayMaxAge Age of the oldest event that a subscription may start with.
	 * Older events are removed, except those that a subscriber within its buffer has
	 * still to read. Any when empty.
	 * @param maxRetainedSize How much all topics retain together: encoded events with
	 * their ids, names and comments, and 128 bytes for each event. The oldest events of
	 * the hub go first.
	 * @param maxEventSize Size of the largest event, encoded; publishing a larger one
	 * fails. Not above max-retained-size, which the default follows down.
	 * @param maxTopics How many topics may retain events. The longest idle one without
	 * subscribers goes first; without one publishing to another topic fails.
	 * @param topicIdleTimeout How long a topic lives, with all it retains, without
	 * subscriber and publish.
	 * @param topics Settings of groups of topics. The first pattern that matches a topic
	 * applies; whatever its group leaves out is taken from the hub.
	 */
	record Hub(@Nullable Integer bufferSize, @Nullable SseLagPolicy lagPolicy, @Nullable Integer replaySize,
			@Nullable Duration replayMaxAge, @Nullable DataSize maxRetainedSize, @Nullable DataSize maxEventSize,
			@Nullable Integer maxTopics, @Nullable Duration topicIdleTimeout, @DefaultValue List<TopicGroup> topics) {

	}

	/**
	 * Settings of a group of topics.
	 *
	 * @param pattern Name of a topic, or a prefix and "*" for all topics that begin with
	 * it.
	 * @param replaySize How many events each topic of the group retains.
	 * @param replayMaxAge Age of the oldest event that a subscription may start with.
	 * @param idleTimeout How long a topic of the group lives, with all it retains,
	 * without subscriber and publish.
	 * @param bufferSize How many events of each topic of the group a subscriber may be
	 * behind.
	 * @param lagPolicy What happens to a subscriber that is further behind, if its
	 * subscription sets no policy.
	 */
	record TopicGroup(@DefaultValue("") String pattern, @Nullable Integer replaySize, @Nullable Duration replayMaxAge,
			@Nullable Duration idleTimeout, @Nullable Integer bufferSize, @Nullable SseLagPolicy lagPolicy) {

	}

	/**
	 * Opening, end and wire format of every stream.
	 *
	 * @param openDelay How long a source may be silent before headers and a first comment
	 * are sent without it. Until then an error still becomes the status of the response.
	 * When 0 the response is opened at once.
	 * @param retry what clients are told to wait before they reconnect
	 * @param onComplete What a client is told when the flux of its stream completes.
	 * @param spaceAfterColon Whether to write a space after the colon of every field, for
	 * clients that demand it. A space is always written where the value would lose one
	 * otherwise.
	 * @param maxAge How long a stream lives, more or less a tenth; then its client is
	 * told to come back. At least 1s. For ever when empty.
	 * @param stallTimeout How long a client may take no byte while something waits for
	 * it; then its connection is closed. When 0 it may do so for ever.
	 * @param peerTimeout How long bytes may stay unacknowledged before the connection of
	 * a peer that is gone is closed, where the transport can do that (epoll on Linux).
	 * When 0 it is as long as the system says, often 15 minutes. To the system a peer
	 * that takes nothing does not answer either: so it is never shorter than
	 * stall-timeout, and off without one.
	 * @param compression Whether event streams may be compressed if the server compresses
	 * this media type. Costs memory for each stream.
	 * @param framing How a response is framed in HTTP/1.1.
	 */
	record Stream(@DefaultValue("250ms") Duration openDelay, @DefaultValue Retry retry,
			@DefaultValue("end") OnComplete onComplete, @DefaultValue("false") boolean spaceAfterColon,
			@Nullable Duration maxAge, @DefaultValue("30s") Duration stallTimeout,
			@DefaultValue("60s") Duration peerTimeout, @DefaultValue("false") boolean compression,
			@DefaultValue("chunked") Framing framing) {

	}

	/**
	 * What clients are told to wait before they reconnect.
	 *
	 * @param min Shortest time, at least 1ms. Each client is told a random time, so that
	 * not all come back at once.
	 * @param max Longest time, not below the shortest.
	 */
	record Retry(@Nullable Duration min, @DefaultValue("5s") Duration max) {

		/** The default of {@code min}, which is {@code null} unless it is set. */
		static final Duration DEFAULT_MIN = Duration.ofSeconds(2);

		Duration minOrDefault() {
			return (this.min != null) ? this.min : DEFAULT_MIN;
		}

	}

	/**
	 * What a client is told when the flux of its stream completes.
	 */
	enum OnComplete {

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
	enum Framing {

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
	 *
	 * @param maxConnections How many streams may be open on this node. Any number when 0.
	 * @param maxConnectionsPerClient How many streams a client may have open on this
	 * node: a principal, else a remote address. Any number when 0.
	 * @param refusalRetry What a client that is refused is told to wait, more or less a
	 * half.
	 */
	record Limits(@DefaultValue("10000") int maxConnections, @DefaultValue("0") int maxConnectionsPerClient,
			@DefaultValue("30s") Duration refusalRetry) {

	}

	/**
	 * What is measured.
	 *
	 * @param topics Topics that may be a tag of meters; all others are "other".
	 * @param httpServerRequests Whether the timer "http.server.requests" has event
	 * streams too, each as one request of its whole life.
	 */
	record Metrics(@DefaultValue List<String> topics, @DefaultValue("true") boolean httpServerRequests) {

	}

	/**
	 * End of all streams when the application stops.
	 *
	 * @param drainTimeout How long open streams may take to end. When 0 connections are
	 * closed at once.
	 */
	record Shutdown(@DefaultValue("2s") Duration drainTimeout) {

	}

	/**
	 * The client for browsers.
	 *
	 * @param enabled Whether to serve "sse-client.js", a module for browsers that reads
	 * event streams with fetch.
	 * @param path Where it is served, below the base path of the application.
	 */
	record Client(@DefaultValue("false") boolean enabled, @DefaultValue("/sse-client.js") String path) {

	}

}
