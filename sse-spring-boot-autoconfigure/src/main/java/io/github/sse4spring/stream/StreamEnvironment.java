package io.github.sse4spring.stream;

/**
 * The parts that all streams of an application share.
 *
 * @param settings how streams behave
 * @param frames encodes the frames of streams
 * @param keepAlive the keep-alive of a stream that has no settings of its own
 * @param listeners the listeners of all streams
 * @param open the open streams
 */
record StreamEnvironment(SseStreamSettings settings, StreamFrames frames, StreamKeepAlive keepAlive,
		StreamListeners listeners, OpenStreams open) {

}
