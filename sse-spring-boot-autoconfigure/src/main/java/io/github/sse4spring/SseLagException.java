package io.github.sse4spring;

import java.util.List;

/**
 * The error of a flux with {@link SseLagPolicy#FAIL} whose subscriber was more than its
 * buffer size behind.
 *
 * @since 0.1.0
 */
public class SseLagException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final List<String> topics;

	private final long missed;

	/**
	 * Create the exception.
	 * @param topics the topics of the subscription
	 * @param missed how many events of the lagged topic the subscriber had not received
	 */
	public SseLagException(List<String> topics, long missed) {
		super("The subscriber of %s lagged and missed %d events".formatted(topics, missed));
		this.topics = List.copyOf(topics);
		this.missed = missed;
	}

	/**
	 * Return the topics of the subscription.
	 * @return the topics
	 */
	public List<String> topics() {
		return this.topics;
	}

	/**
	 * Return how many events of the lagged topic the subscriber had not received.
	 * @return the number of events missed
	 */
	public long missed() {
		return this.missed;
	}

}
