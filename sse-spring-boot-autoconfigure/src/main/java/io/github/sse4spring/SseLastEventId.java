package io.github.sse4spring;

import org.jspecify.annotations.Nullable;

/**
 * The id of the last event that a reconnecting client has seen: its {@code Last-Event-ID}
 * header, else its {@code lastEventId} query parameter. A handler method that resumes by
 * hand declares it as an argument, {@code null} when the client sent none:
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
 * The client chooses this value: trust it as little as any other input. Immutable.
 *
 * @since 0.1.0
 */
public final class SseLastEventId {

	private final String value;

	private SseLastEventId(String value) {
		this.value = value;
	}

	/**
	 * Take an id as the client sent it.
	 * @param id the id, already decoded to characters
	 * @return the id, with an empty {@link #value()} if it is not usable
	 */
	public static SseLastEventId of(String id) {
		return new SseLastEventId(isUsable(id) ? id : "");
	}

	/**
	 * Return the id.
	 * @return the id, or the empty string if the client sent one that no server gives out
	 * (longer than {@value SseEvent#MAX_ID_BYTES} bytes, with controls, not UTF-8);
	 * nothing can be resumed from that
	 */
	public String value() {
		return this.value;
	}

	/**
	 * Return the id as a number.
	 * @param fallback what to return if the id is not a decimal {@code long}
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
