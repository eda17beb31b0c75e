package io.github.sse4spring.stream;

import java.util.List;

/**
 * The event streams that are open on this node. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public interface SseConnections {

	/**
	 * Return the open streams.
	 * @return a snapshot, the oldest first
	 */
	List<SseConnection> list();

	/**
	 * Return how many streams are open. Cheaper than {@link #list()}.
	 * @return the number
	 */
	int count();

	/**
	 * End a stream cleanly, after a whole frame. The client then reconnects, and its new
	 * request is authorized again.
	 * @param id the id of the connection
	 * @return whether a stream of that id was open
	 */
	boolean disconnect(String id);

	/**
	 * End all streams of a client as {@link #disconnect(String)} does, such as after a
	 * logout.
	 * @param clientKey the key, as the {@link SseClientKeyResolver} resolves it
	 * @return how many streams were ended
	 */
	int disconnectClient(String clientKey);

}
