package io.github.sse4spring;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The state of a hub at one moment. The state of each topic is read one after the other,
 * soon after that moment.
 *
 * @param epoch the part of the ids of the hub that changes with every start
 * @param position the id that a subscriber starting now would get
 * @param retainedBytes the size of the retained events in bytes: their encoded bytes, 128
 * bytes for each event, and the characters of its id, name and comment
 * @param subscribers how many subscribers the hub has
 * @param missed how many events the subscribers have missed because they lagged, since
 * the start of the hub
 * @param topics the topics, by name
 * @since 0.1.0
 */
public record SseHubSnapshot(String epoch, String position, long retainedBytes, int subscribers, long missed,
		List<Topic> topics) {

	/**
	 * The state of a topic.
	 *
	 * @param name the name
	 * @param subscribers how many subscribers the topic has
	 * @param retained how many events it retains
	 * @param lastId the id of the newest retained event, or {@code null} if there is none
	 */
	public record Topic(String name, int subscribers, int retained, @Nullable String lastId) {

	}

}
