package io.github.sse4spring.actuate;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@code /actuator/sse}: the hub, its topics and the open streams, and how to end them.
 * Only reading is allowed unless {@code management.endpoint.sse.access} says otherwise.
 *
 * @since 0.1.0
 */
@Endpoint(id = "sse", defaultAccess = Access.READ_ONLY)
public final class SseEndpoint {

	/** The largest number of topics, and of connections, in one answer. */
	static final int MAX_ENTRIES = 1000;

	private final SseHub hub;

	private final @Nullable SseConnections connections;

	/**
	 * Create the endpoint.
	 * @param hub the hub
	 * @param connections the open streams, if the application has any
	 */
	public SseEndpoint(SseHub hub, @Nullable SseConnections connections) {
		this.hub = hub;
		this.connections = connections;
	}

	/**
	 * Describe all there is.
	 * @return the hub, its topics and the open streams
	 */
	@ReadOperation
	public Description sse() {
		SseHubSnapshot snapshot = this.hub.snapshot();
		List<SseConnection> open = connections();
		return new Description(
				new HubDescription(snapshot.epoch(), snapshot.position(), snapshot.retainedBytes(),
						snapshot.subscribers(), snapshot.missed()),
				first(snapshot.topics()), first(open),
				snapshot.topics().size() > MAX_ENTRIES || open.size() > MAX_ENTRIES);
	}

	/**
	 * Describe one topic, one connection, or all connections of one client.
	 * @param path {@code topics}, {@code connections} or {@code clients}, then the name
	 * of the topic, which may hold slashes, the id or the key
	 * @return the description, or {@code null} if there is none
	 */
	@ReadOperation
	public @Nullable Object entry(@Selector(match = Selector.Match.ALL_REMAINING) String... path) {
		String wanted = rest(path);
		return switch (kind(path)) {
			case TOPICS -> this.hub.snapshot()
				.topics()
				.stream()
				.filter((topic) -> topic.name().equals(wanted))
				.findFirst()
				.orElse(null);
			case CONNECTIONS ->
				connections().stream().filter((each) -> each.id().equals(wanted)).findFirst().orElse(null);
			case CLIENTS -> {
				List<SseConnection> found = connections().stream()
					.filter((each) -> Objects.equals(each.clientKey(), wanted))
					.toList();
				yield found.isEmpty() ? null : new Client(wanted, first(found), found.size() > MAX_ENTRIES);
			}
		};
	}

	/**
	 * End one topic, one connection, or all connections of one client.
	 * @param path {@code topics}, {@code connections} or {@code clients}, then the name
	 * of the topic, which may hold slashes, the id or the key
	 * @return what was asked for, and how many were ended
	 */
	@DeleteOperation
	public Ended end(@Selector(match = Selector.Match.ALL_REMAINING) String... path) {
		String wanted = rest(path);
		return new Ended(wanted, switch (kind(path)) {
			case TOPICS -> complete(wanted);
			case CONNECTIONS -> (this.connections != null && this.connections.disconnect(wanted)) ? 1 : 0;
			case CLIENTS -> (this.connections != null) ? this.connections.disconnectClient(wanted) : 0;
		});
	}

	private int complete(String topic) {
		boolean known = this.hub.snapshot().topics().stream().anyMatch((each) -> each.name().equals(topic));
		if (known) {
			this.hub.complete(topic);
		}
		return known ? 1 : 0;
	}

	private List<SseConnection> connections() {
		return (this.connections != null) ? this.connections.list() : List.of();
	}

	private static <T> List<T> first(List<T> all) {
		return all.subList(0, Math.min(all.size(), MAX_ENTRIES));
	}

	// One selector for all: with a second one before it WebFlux puts both into the last.
	private static String rest(String... path) {
		return Stream.of(path).skip(1).collect(Collectors.joining("/"));
	}

	private static Kind kind(String... path) {
		String kind = path[0];
		return Stream.of(Kind.values())
			.filter((candidate) -> candidate.name().toLowerCase(Locale.ROOT).equals(kind))
			.findFirst()
			.orElseThrow(() -> new InvalidEndpointRequestException("kind must be topics, connections or clients",
					"kind must be topics, connections or clients"));
	}

	private enum Kind {

		TOPICS, CONNECTIONS, CLIENTS

	}

	/**
	 * All there is.
	 *
	 * @param hub the hub
	 * @param topics its topics
	 * @param connections the open streams, the oldest first
	 * @param truncated whether there are more topics or streams than are shown
	 */
	public record Description(HubDescription hub, List<SseHubSnapshot.Topic> topics, List<SseConnection> connections,
			boolean truncated) {

	}

	/**
	 * The hub.
	 *
	 * @param epoch the identity of its log
	 * @param tail the position at which a subscriber would start now
	 * @param retainedBytes what it retains
	 * @param subscribers how many subscribers it has
	 * @param missed how many events they have missed since its start
	 */
	public record HubDescription(String epoch, String tail, long retainedBytes, int subscribers, long missed) {

	}

	/**
	 * One client.
	 *
	 * @param clientKey its key
	 * @param connections its open streams, the oldest first
	 * @param truncated whether it has more than are shown
	 */
	public record Client(String clientKey, List<SseConnection> connections, boolean truncated) {

	}

	/**
	 * What was ended.
	 *
	 * @param wanted the topic, the id or the key, as it was understood: empty parts
	 * between slashes are lost unless they are written as {@code %2F}
	 * @param ended how many
	 */
	public record Ended(String wanted, int ended) {

	}

}
