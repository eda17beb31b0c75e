package io.github.sse4spring.hub;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The ids that publishers have given to events themselves, for as long as the hub can
 * remember: a position must not be taken from an id that two events had. Used under the
 * lock of the hub.
 */
final class OwnIds {

	/*
	 * An event is resumed from only while it is retained, but the other event of its id
	 * may be evicted, or be of another topic. So every own id is remembered for a while
	 * after its event has gone, and an id that was given twice for longer. Each memory is
	 * two sets: when the younger one is full it takes the place of the older one.
	 */
	private static final int MAX = 16 * 1024;

	private static final Log logger = LogFactory.getLog(OwnIds.class);

	private final Memory given = new Memory();

	private final Memory repeated = new Memory();

	private boolean warned;

	/**
	 * An event is published under an id of its publisher.
	 * @return whether a warning should be logged with {@link #warn}
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

	/** Whether two events had this id, as far as the hub can remember. */
	boolean isRepeated(String id) {
		return this.repeated.contains(id);
	}

	/** Not under the lock: say once that ids are repeated. */
	static void warn(String topic, String id) {
		logger
			.warn(("An event was published to topic '%s' with the id '%s', which another event of the hub had. A client "
					+ "that comes back with such an id is told a gap (\"unknown\"). Give every event of the hub an id of "
					+ "its own, or leave the ids to the hub (this is said once)")
				.formatted(topic, printable(id)));
	}

	/** An id may have controls of Unicode that a log line must not have. */
	private static String printable(String id) {
		return Pattern.compile("[\\x80-\\x9F]")
			.matcher(id)
			.replaceAll((match) -> "\\\\u%04X".formatted((int) match.group().charAt(0)));
	}

	private static final class Memory {

		private Set<String> younger = new HashSet<>();

		private Set<String> older = new HashSet<>();

		/** Returns whether the id was not here. */
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
