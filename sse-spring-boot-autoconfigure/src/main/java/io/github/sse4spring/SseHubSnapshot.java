package io.github.sse4spring;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The state of a hub at one moment; each topic is of a moment of its own, soon after.
 *
 * @param epoch the part of its ids that is new with every start
 * @param position the id that a subscriber starting now would get
 * @param retainedBytes what it retains, encoded, with 128 bytes for every event
 * @param subscribers how many subscribers it has
 * @param missed how many events its subscribers have missed because they lagged, since
 * its start
 * @param topics its topics, by name
 * @since 0.1.0
 */
public record SseHubSnapshot(String epoch, String position, long retainedBytes, int subscribers, long missed,
		List<Topic> topics) {

	/**
	 * The state of a topic.
	 *
	 * @param name its name
	 * @param subscribers how many subscribers it has
	 * @param retained how many events it retains
	 * @param lastId the id of its newest event that is retained, if any is
	 */
	public record Topic(String name, int subscribers, int retained, @Nullable String lastId) {

	}

}
