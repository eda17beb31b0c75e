package io.github.sse4spring.hub;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Remembers the ids that publishers have given to events, and which of them were given to
 * more than one event. A repeated id does not identify a position, so a client cannot
 * resume after it. Used under the lock of the log.
 */
final class OwnIds {

	/*
	 * A client can resume after an event only while the event is retained. Another event
	 * with the same id may have been evicted already, or may be of another topic. So the
	 * retained events do not show whether an id is repeated, and the ids are remembered
	 * here. Repeated ids have a memory of their own, so other ids do not displace them. A
	 * memory has two sets. When the younger set is full, it replaces the older one. So a
	 * memory has a bounded size, and holds at least the last MAX ids.
	 */
	private static final int MAX = 16 * 1024;

	private static final Log logger = LogFactory.getLog(OwnIds.class);

	private final Memory given = new Memory();

	private final Memory repeated = new Memory();

	private boolean warned;

	/**
	 * Add the id of an event that is published.
	 * @return whether this is the first repeated id, so that {@link #warn} should be
	 * called
	 */
	boolean add(String id) {
		if (this.given.add(id)) {
			return false;
		}
		this.repeated.add(id);
		boolean first = !this.warned;
		this.warned = true;
		return first;
	}

	/** Whether more than one event had this id, as far as is remembered. */
	boolean isRepeated(String id) {
		return this.repeated.contains(id);
	}

	/** Not under the lock: log that an id is repeated. */
	static void warn(String topic, String id) {
		logger
			.warn(("An event was published to topic '%s' with the id '%s', which another event of the hub had. A client "
					+ "that resumes after such an id receives an sse-gap notice with the reason \"unknown\". Give every "
					+ "event of the hub an id of its own, or let the hub assign the ids (this warning is logged once)")
				.formatted(topic, printable(id)));
	}

	/**
	 * Escape the control characters that an id may contain but a log line must not
	 * contain.
	 */
	private static String printable(String id) {
		return Pattern.compile("[\\x80-\\x9F]")
			.matcher(id)
			.replaceAll((match) -> "\\\\u%04X".formatted((int) match.group().charAt(0)));
	}

	private static final class Memory {

		private Set<String> younger = new HashSet<>();

		private Set<String> older = new HashSet<>();

		/** Returns whether the id is new. */
		boolean add(String id) {
			boolean isNew = this.younger.add(id) && !this.older.contains(id);
			if (this.younger.size() >= MAX) {
				this.older = this.younger;
				this.younger = new HashSet<>();
			}
			return isNew;
		}

		boolean contains(String id) {
			return this.younger.contains(id) || this.older.contains(id);
		}

	}

}
