package io.github.sse4spring;

import org.jspecify.annotations.Nullable;

/**
 * The id of the last event that a reconnecting client has received. It comes from the
 * {@code Last-Event-ID} header, or from the {@code lastEventId} query parameter if there
 * is no header. Declare it as an argument of a handler method that resumes by itself. The
 * argument is {@code null} if the client sent no id:
 *
 * <pre class="code">
 * &#64;GetMapping("/counter")
 * Flux&lt;SseEvent&gt; counter(&#64;Nullable SseLastEventId lastEventId) {
 *     long next = (lastEventId != null) ? lastEventId.asLong(0) + 1 : 1;
 *     ...
 * }
 * </pre>
 *
 * <p>
 * The client chooses this value: validate it like any other input. Immutable.
 *
 * @since 0.1.0
 */
public final class SseLastEventId {

	private final String value;

	private SseLastEventId(String value) {
		this.value = value;
	}

	/**
	 * Create an instance from the id that a client sent.
	 * @param id the id, already decoded to characters
	 * @return the last event ID, with an empty {@link #value()} if the id is not usable
	 */
	public static SseLastEventId of(String id) {
		return new SseLastEventId(isUsable(id) ? id : "");
	}

	/**
	 * Return the id. The value is empty if the id that the client sent is not one that an
	 * {@link SseEvent} can have: it is longer than {@value SseEvent#MAX_ID_BYTES} bytes,
	 * contains control characters, or is not UTF-8, for example. Such an id cannot be
	 * resumed from.
	 * @return the id, or the empty string if it is not usable
	 */
	public String value() {
		return this.value;
	}

	/**
	 * Return the id as a number.
	 * @param fallback the result if the id is not a decimal {@code long}
	 * @return the number or the fallback
	 */
	public long asLong(long fallback) {
		try {
			return Long.parseLong(this.value);
		}
		catch (NumberFormatException ex) {
			return fallback;
		}
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof SseLastEventId that && this.value.equals(that.value);
	}

	@Override
	public int hashCode() {
		return this.value.hashCode();
	}

	@Override
	public String toString() {
		return this.value;
	}

	private static boolean isUsable(String id) {
		try {
			return id.length() <= SseEvent.MAX_ID_BYTES && SseFields.checkId(id) != null;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
