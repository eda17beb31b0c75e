package io.github.sse4spring.stream;

/**
 * Writes the bytes of one response to its client. This is the part of a stream that
 * differs between servers. Unless stated otherwise its methods are called on its loop.
 * Internal: a web stack implements it.
 *
 * @since 0.1.0
 */
public interface StreamTransport {

	/**
	 * Return the loop that owns the stream. On any thread.
	 * @return the loop
	 */
	StreamLoop loop();

	/**
	 * Hand the body to the server. From now on the server may request bytes, or report
	 * that the client has gone. On the thread that opens the body, once.
	 */
	void start();

	/**
	 * Prepare the connection for a stream, and let it call {@link StreamBody#ready()} on
	 * the loop whenever it has become ready again.
	 */
	void begin();

	/**
	 * Return whether the connection takes bytes now.
	 * @return {@code false} if a write would have to wait
	 */
	boolean isReady();

	/**
	 * Return how many bytes one write may have.
	 * @return the number of bytes, more than zero
	 */
	int maxWrite();

	/**
	 * Write bytes and flush them soon. Called only while the transport is ready.
	 * @param batch the batch that the bytes are moved from
	 * @param length how many bytes to move, not more than {@link #maxWrite()}
	 */
	void write(StreamBatch batch, int length);

	/**
	 * Return whether bytes wait that the connection has not taken.
	 * @return {@code true} also if the server has not asked for more
	 */
	boolean hasPending();

	/**
	 * Return the progress of the connection.
	 * @return a number that stays the same while the connection takes nothing
	 */
	long progress();

	/**
	 * End the body, unless it has ended or failed.
	 */
	void end();

	/**
	 * Fail the body before anything was written: the error becomes the status of the
	 * response.
	 * @param failure the error
	 */
	void fail(Throwable failure);

	/**
	 * Close the connection, even in the middle of a frame or after the end of the body. A
	 * server that cannot do that fails the body, unless it has ended.
	 * @param why the reason, for the server
	 */
	void abort(String why);

	/**
	 * Stop calling the body, since nothing more is written.
	 */
	void release();

	/**
	 * Restore the connection to its state before {@link #begin()}. Called when the
	 * response is over to its last byte.
	 */
	void left();

}
