package io.github.sse4spring.stream;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Lists and ends the open streams. Safe for use by any thread.
 */
final class DefaultSseConnections implements SseConnections {

	private final OpenStreams open;

	DefaultSseConnections(OpenStreams open) {
		this.open = open;
	}

	@Override
	public List<SseConnection> list() {
		return this.open.all()
			.stream()
			.sorted(Comparator.comparingLong(OpenStream::id))
			.map(OpenStream::connection)
			.toList();
	}

	@Override
	public int count() {
		return this.open.size();
	}

	@Override
	public boolean disconnect(String id) {
		return disconnect((stream) -> Long.toString(stream.id()).equals(id)) > 0;
	}

	@Override
	public int disconnectClient(String clientKey) {
		Objects.requireNonNull(clientKey, "clientKey must not be null");
		return disconnect((stream) -> clientKey.equals(stream.clientKey()));
	}

	private int disconnect(Predicate<OpenStream> condition) {
		List<OpenStream> found = this.open.all().stream().filter(condition).toList();
		found.forEach((stream) -> stream.end(SseStreamEnd.DISCONNECTED));
		return found.size();
	}

}
