package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseLagPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of event streams. {@link SsePropertiesValidator} checks them once they are
 * bound. {@link SsePropertiesMapper} turns them into the settings of streams and of the
 * hub.
 *
 * <p>
 * Every default stands in one place. The defaults of {@code sse.hub.*} are those of
 * {@code SseHubBuilder}, which applications also use without properties. These components
 * are {@code null} unless they are set. The metadata repeats the defaults for IDEs, and a
 * test compares the two. All other defaults stand here.
 *
 * @param enabled Whether to configure event streams.
 * @param keepAlive keep-alive of every stream
 * @param hub bounds of the hub
 * @param stream opening, end and wire format of every stream
 * @param limits limits on open streams
 * @param metrics meters
 * @param shutdown end of all streams when the application stops
 * @param client the client for browsers
 */
@ConfigurationProperties("sse")
record SseProperties(@DefaultValue("true") boolean enabled, @DefaultValue KeepAlive keepAlive, @DefaultValue Hub hub,
		@DefaultValue Stream stream, @DefaultValue Limits limits, @DefaultValue Metrics metrics,
		@DefaultValue Shutdown shutdown, @DefaultValue Client client) {

	/**
	 * The keep-alive of every stream.
	 *
	 * @param enabled Whether to write a comment after an interval without other bytes.
	 * @param maxInterval Longest time without any bytes, at least 100ms. It must be
	 * shorter than the idle timeout of every proxy between server and client.
	 * @param comment Comment to write. Clients ignore it.
	 */
	record KeepAlive(@DefaultValue("true") boolean enabled, @DefaultValue("15s") Duration maxInterval,
			@DefaultValue("") String comment) {

	}

	/**
	 * The bounds of the hub.
	 *
	 * @param bufferSize Number of events of each topic that a subscriber may be behind,
	 * at least 1.
	 * @param lagPolicy Action for a subscriber that is further behind.
	 * @param replaySize Number of events that each topic retains for clients that resume.
	 * With 0, a topic retains only the events that the buffers of its subscribers need.
	 * @param replayMaxAge Age of the oldest event that a subscription may start with.
	 * Older events are removed, except those that a subscriber within its buffer has
	 * still to read. Unlimited when empty.
	 * @param maxRetainedSize Size of all retained events of the hub: encoded events with
	 * their ids, names and comments, and 128 bytes for each event. The oldest events of
	 * the hub are removed first.
	 * @param maxEventSize Size of the largest event, encoded. Publishing a larger event
	 * fails. Not above max-retained-size; a smaller max-retained-size lowers the default.
	 * @param maxTopics Number of topics that may retain events. A new topic replaces the
	 * longest idle topic without subscribers. If every topic has subscribers, publishing
	 * to a new topic fails.
	 * @param topicIdleTimeout Time after which a topic without subscribers and publishes
	 * is removed, with all events that it retains.
	 * @param topics Settings for groups of topics. The first pattern that matches a topic
	 * applies. A setting that its group omits is taken from the hub.
	 */
	record Hub(@Nullable Integer bufferSize, @Nullable SseLagPolicy lagPolicy, @Nullable Integer replaySize,
			@Nullable Duration replayMaxAge, @Nullable DataSize maxRetainedSize, @Nullable DataSize maxEventSize,
			@Nullable Integer maxTopics, @Nullable Duration topicIdleTimeout, @DefaultValue List<TopicGroup> topics) {

	}

	/**
	 * The settings of a group of topics.
	 *
	 * @param pattern Name of a topic, or a prefix and "*" for all topics that begin with
	 * it.
	 * @param replaySize Number of events that each topic retains for clients that resume.
	 * @param replayMaxAge Age of the oldest event that a subscription may start with.
	 * @param idleTimeout Time after which a topic without subscribers and publishes is
	 * removed, with all events that it retains.
	 * @param bufferSize Number of events of each topic that a subscriber may be behind,
	 * at least 1.
	 * @param lagPolicy Action for a subscriber that is further behind. A subscription may
	 * set another policy.
	 */
	record TopicGroup(@DefaultValue("") String pattern, @Nullable Integer replaySize, @Nullable Duration replayMaxAge,
			@Nullable Duration idleTimeout, @Nullable Integer bufferSize, @Nullable SseLagPolicy lagPolicy) {

	}

	/**
	 * The opening, the end and the wire format of every stream.
	 *
	 * @param openDelay Time that a source may be silent before the response is opened
	 * with headers and a comment. Until then, an error of the source becomes the status
	 * of the response. With 0, the response is opened at once.
	 * @param retry time that clients wait before they reconnect
	 * @param onComplete End of a stream whose flux completes.
	 * @param spaceAfterColon Whether to write a space after the colon of every field, for
	 * clients that require it. A space is always written before a value that begins with
	 * a space.
	 * @param maxAge Lifetime of a stream, at least 1s, varied by up to a tenth. The
	 * stream then ends, and the client reconnects. Unlimited when empty.
	 * @param stallTimeout Time that a client may read nothing while bytes wait for it.
	 * The connection is then closed. Unlimited when 0.
	 * @param peerTimeout Time that written bytes may stay unacknowledged before the
	 * connection is closed, on transports that support it (epoll on Linux). When 0, the
	 * default of the operating system applies, often 15 minutes. A client that does not
	 * read acknowledges nothing either. The effective timeout is therefore never shorter
	 * than stall-timeout, and a stall-timeout of 0 turns it off.
	 * @param compression Whether a server that compresses this media type may compress
	 * event streams. Compression needs additional memory for each stream.
	 * @param framing Framing of HTTP/1.1 responses.
	 */
	record Stream(@DefaultValue("250ms") Duration openDelay, @DefaultValue Retry retry,
			@DefaultValue("end") OnComplete onComplete, @DefaultValue("false") boolean spaceAfterColon,
			@Nullable Duration maxAge, @DefaultValue("30s") Duration stallTimeout,
			@DefaultValue("60s") Duration peerTimeout, @DefaultValue("false") boolean compression,
			@DefaultValue("chunked") Framing framing) {

	}

	/**
	 * The time that clients wait before they reconnect.
	 *
	 * @param min Shortest time, at least 1ms. Each client receives a random time, so that
	 * clients do not reconnect all at once.
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
	 * The end of a stream whose flux completes.
	 */
	enum OnComplete {

		/**
		 * The stream is finished. A browser asks once more, receives 204 and stops.
		 */
		END,

		/**
		 * The stream just ends. A browser reconnects and starts the handler again.
		 */
		RECONNECT

	}

	/**
	 * The framing of HTTP/1.1 responses.
	 */
	enum Framing {

		/**
		 * In chunks. The connection can be used again after the stream.
		 */
		CHUNKED,

		/**
		 * By the end of the connection.
		 */
		CLOSE

	}

	/**
	 * The limits on open streams.
	 *
	 * @param maxConnections Number of streams that may be open on this node. Unlimited
	 * when 0.
	 * @param maxConnectionsPerClient Number of streams that one client may have open on
	 * this node. A client is a principal, or a remote address if the request has no
	 * principal. Unlimited when 0.
	 * @param refusalRetry Time that a refused client waits before it reconnects, varied
	 * by up to a half.
	 */
	record Limits(@DefaultValue("10000") int maxConnections, @DefaultValue("0") int maxConnectionsPerClient,
			@DefaultValue("30s") Duration refusalRetry) {

	}

	/**
	 * The meters.
	 *
	 * @param topics Topics that may be a tag of meters. All other topics have the tag
	 * "other".
	 * @param httpServerRequests Whether the timer "http.server.requests" includes event
	 * streams. Each stream counts as one request of its whole life.
	 */
	record Metrics(@DefaultValue List<String> topics, @DefaultValue("true") boolean httpServerRequests) {

	}

	/**
	 * The end of all streams when the application stops.
	 *
	 * @param drainTimeout Time that open streams have to end. With 0, connections are
	 * closed at once.
	 */
	record Shutdown(@DefaultValue("2s") Duration drainTimeout) {

	}

	/**
	 * The client for browsers.
	 *
	 * @param enabled Whether to serve "sse-client.js", a module for browsers that reads
	 * event streams with fetch.
	 * @param path Path of the module, below the base path of the application.
	 */
	record Client(@DefaultValue("false") boolean enabled, @DefaultValue("/sse-client.js") String path) {

	}

}
