package io.github.sse4spring.webflux;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which streams are open. Safe for use by any thread.
 */
final class DefaultSseConnections implements SseConnections {

	private final AtomicLong nextId = new AtomicLong(1);

	private final Map<Long, StreamWriter> open = new ConcurrentHashMap<>();

	long nextId() {
		return this.nextId.getAndIncrement();
	}

	void add(StreamWriter stream) {
		this.open.put(stream.id(), stream);
	}

	void remove(StreamWriter stream) {
		this.open.remove(stream.id(), stream);
	}

	boolean isEmpty() {
		return this.open.isEmpty();
	}

	List<StreamWriter> all() {
		return List.copyOf(this.open.values());
	}

	@Override
	public List<SseConnection> list() {
		return this.open.values()
			.stream()
			.sorted(Comparator.comparingLong(StreamWriter::id))
			.map(StreamWriter::connection)
			.toList();
	}

	@Override
	public int count() {
		return this.open.size();
	}

	@Override
	public boolean disconnect(String id) {
		List<StreamWriter> found = all().stream().filter((stream) -> Long.toString(stream.id()).equals(id)).toList();
		found.forEach((stream) -> stream.end(SseStreamEnd.DISCONNECTED));
		return !found.isEmpty();
	}

	@Override
	public int disconnectClient(String clientKey) {
		Objects.requireNonNull(clientKey, "clientKey must not be null");
		List<StreamWriter> found = all().stream().filter((stream) -> clientKey.equals(stream.clientKey())).toList();
		found.forEach((stream) -> stream.end(SseStreamEnd.DISCONNECTED));
		return found.size();
	}

}
