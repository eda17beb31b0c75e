package io.github.sse4spring;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One event of an event stream: up to five fields, each optional. Immutable and safe to
 * share between threads. A value given to {@link #json(Object)} must not change
 * afterwards.
 *
 * <pre class="code">
 * SseEvent.text("hello")                              data:hello
 *
 * SseEvent.json(order).withName("order").withId("7")  event:order
 *                                                     data:{"id":7}
 *                                                     id:7
 *
 * SseEvent.comment("ping")                            :ping
 * </pre>
 *
 * <p>
 * An event holds only values that the wire format can carry. Other values are refused
 * with an {@link IllegalArgumentException} that names the field:
 * <ul>
 * <li>{@code name}: CR or LF, the empty string, or a name without data (clients ignore
 * such an event)</li>
 * <li>{@code id}: C0 controls, DEL, a leading or trailing space, or more than
 * {@value #MAX_ID_BYTES} bytes of UTF-8</li>
 * <li>{@code retry}: a negative time</li>
 * <li>any text: lone surrogates</li>
 * </ul>
 * Data and comments may have any number of lines. CRLF, CR and LF each end a line and
 * reach the client as LF.
 *
 * @since 0.1.0
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML,
 * section 9.2</a>
 */
public final class SseEvent {

	/** Longest id, in bytes of UTF-8. Browsers preflight a longer Last-Event-ID. */
	public static final int MAX_ID_BYTES = 128;

	/** Prefix of the names of notices, which the server itself writes. */
	private static final String NOTICE_PREFIX = "sse-";

	private static final int MAX_PRINTED = 80;

	private final @Nullable String id;

	private final @Nullable String name;

	private final @Nullable Object data;

	private final boolean json;

	private final @Nullable Duration retry;

	private final @Nullable String comment;

	private final @Nullable String topic;

	private final @Nullable SseFrame frame;

	/** Create an event that a hub retains. */
	SseEvent(SseEvent event, String topic, @Nullable String id, SseFrame frame) {
		this.id = id;
		this.name = event.name;
		this.data = null;
		this.json = false;
		this.retry = event.retry;
		this.comment = event.comment;
		this.topic = topic;
		this.frame = frame;
	}

	private SseEvent(Builder builder) {
		this.topic = builder.topic;
		this.frame = null;
		this.id = SseFields.checkId(builder.id);
		this.name = SseFields.checkName(builder.name);
		this.data = builder.json ? builder.data : SseFields.checkText("data", (String) builder.data);
		this.json = builder.json;
		this.retry = SseFields.checkRetry(builder.retry);
		this.comment = SseFields.checkText("comment", builder.comment);
		if (this.name != null && this.data == null && !this.json) {
			throw new IllegalArgumentException(
					"name '" + this.name + "' needs data: clients drop a named event without data");
		}
	}

	/**
	 * Create an event whose data is the given text, unchanged.
	 * @param text the data; clients dispatch an empty text as an empty string
	 * @return the event
	 */
	public static SseEvent text(String text) {
		return builder().text(text).build();
	}

	/**
	 * Create an event whose data is the given value as compact JSON, written by the
	 * {@code JsonMapper} of the application when the event is encoded.
	 * @param value any value that the mapper can write: a {@code String} becomes a quoted
	 * string, {@code null} becomes {@code null}, a {@code byte[]} becomes base64
	 * @return the event
	 */
	public static SseEvent json(@Nullable Object value) {
		return builder().json(value).build();
	}

	/**
	 * Create an event that is only a comment, which clients ignore.
	 * @param comment the comment; may be empty
	 * @return the event
	 */
	public static SseEvent comment(String comment) {
		return builder().comment(comment).build();
	}

	/**
	 * Start an event with several fields.
	 * @return an empty builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a copy of this event with another name.
	 * @param name the name, which is the event type that the client listens for
	 * @return the copy
	 */
	public SseEvent withName(String name) {
		return new Builder(this).name(name).build();
	}

	/**
	 * Return a copy of this event with another id.
	 * @param id the id; an empty id resets the last event ID of the client
	 * @return the copy
	 */
	public SseEvent withId(String id) {
		return new Builder(this).id(id).build();
	}

	/**
	 * Return a copy of this event without an id.
	 * @return the copy
	 */
	public SseEvent withoutId() {
		if (this.id == null) {
			return this;
		}
		if (this.frame != null && this.topic != null) {
			return new SseEvent(this, this.topic, null, this.frame.withoutId());
		}
		Builder copy = new Builder(this);
		copy.id = null;
		return copy.build();
	}

	@Nullable SseFrame frame() {
		return this.frame;
	}

	/**
	 * Return the id.
	 * @return the id, or {@code null} if the event has none
	 */
	public @Nullable String id() {
		return this.id;
	}

	/**
	 * Return the name, which is the event type that the client listens for.
	 * @return the name, or {@code null} for the default event type
	 */
	public @Nullable String name() {
		return this.name;
	}

	/**
	 * Return the topic that a hub has published this event to. A copy made by an operator
	 * keeps the topic of the event. {@link #equals(Object)} ignores the topic, since it
	 * is not on the wire.
	 * @return the topic, or {@code null} if the event does not come from a hub. Notices
	 * have none
	 */
	public @Nullable String topic() {
		return this.topic;
	}

	/**
	 * Return the data as text. If the event comes from a hub or a decoder, this is the
	 * text on the wire, even if the event was published as JSON.
	 * @return the text, or {@code null} if the event has no data
	 * @throws IllegalStateException if the data is a value that has not been written as
	 * JSON yet; use {@link #value()}
	 */
	public @Nullable String text() {
		if (this.json) {
			throw new IllegalStateException(
					"The data of this event is a value that is not written as JSON yet: use value()");
		}
		return (this.frame != null) ? this.frame.text() : (String) this.data;
	}

	/**
	 * Return the value that was given to {@link #json(Object)}. An event that comes from
	 * a hub or a decoder has no value: {@link #text()} returns its JSON.
	 * @return the value, or {@code null} if the data is a text or a JSON {@code null}
	 */
	public @Nullable Object value() {
		return this.json ? this.data : null;
	}

	/**
	 * Return the data: the {@link #value()} if the data is a value to be written as JSON,
	 * else the {@link #text()}.
	 * @return the data, or {@code null} if there is none or it is a JSON {@code null}
	 */
	public @Nullable Object data() {
		return this.json ? this.data : text();
	}

	/**
	 * Return whether the data is a value to be written as JSON.
	 * @return {@code true} if the event was made with {@link #json(Object)} and does not
	 * come from a hub or a decoder
	 */
	public boolean isJson() {
		return this.json;
	}

	/**
	 * Return the time after which a client should reconnect.
	 * @return whole milliseconds, zero or more, or {@code null} if the event has none
	 */
	public @Nullable Duration retry() {
		return this.retry;
	}

	/**
	 * Return the comment.
	 * @return the comment, or {@code null} if the event has none
	 */
	public @Nullable String comment() {
		return this.comment;
	}

	/**
	 * Return whether this event is a notice of the server about the stream itself, such
	 * as {@code sse-error}, and not a published event.
	 * @return {@code true} if the name begins with {@code sse-}
	 */
	public boolean isNotice() {
		return this.name != null && this.name.startsWith(NOTICE_PREFIX);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof SseEvent that && this.json == that.json && Objects.equals(this.id, that.id)
				&& Objects.equals(this.name, that.name) && Objects.deepEquals(data(), that.data())
				&& Objects.equals(this.retry, that.retry) && Objects.equals(this.comment, that.comment);
	}

	@Override
	public int hashCode() {
		return Arrays
			.deepHashCode(new @Nullable Object[] { this.id, this.name, data(), this.json, this.retry, this.comment });
	}

	@Override
	public String toString() {
		return "SseEvent[id=" + this.id + ", name=" + this.name + ", data=" + cut(data()) + ", retry=" + this.retry
				+ ", comment=" + cut(this.comment) + ']';
	}

	private static String cut(@Nullable Object value) {
		String printed = String.valueOf(value);
		return (printed.length() <= MAX_PRINTED) ? printed : printed.substring(0, MAX_PRINTED) + "...";
	}

	/**
	 * Builds an event with several fields. Each method replaces the previous value of its
	 * field. Text and JSON both set the data, so the last of these calls wins.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private @Nullable String id;

		private @Nullable String name;

		private @Nullable Object data;

		private boolean json;

		private @Nullable Duration retry;

		private @Nullable String comment;

		private @Nullable String topic;

		private Builder() {
		}

		private Builder(SseEvent event) {
			this.id = event.id;
			this.name = event.name;
			this.data = event.data();
			this.json = event.json;
			this.retry = event.retry;
			this.comment = event.comment;
			this.topic = event.topic;
		}

		/**
		 * Set the id.
		 * @param id the id; an empty id resets the last event ID of the client
		 * @return this builder
		 */
		public Builder id(String id) {
			this.id = Objects.requireNonNull(id, "id must not be null");
			return this;
		}

		/**
		 * Set the name.
		 * @param name the name, which is the event type that the client listens for
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name, "name must not be null");
			return this;
		}

		/**
		 * Set the data to a text.
		 * @param text the data; may be empty
		 * @return this builder
		 */
		public Builder text(String text) {
			this.data = Objects.requireNonNull(text, "text must not be null: use json(null) for a JSON null");
			this.json = false;
			return this;
		}

		/**
		 * Set the data to a value to be written as JSON.
		 * @param value any value that the {@code JsonMapper} can write
		 * @return this builder
		 */
		public Builder json(@Nullable Object value) {
			this.data = value;
			this.json = true;
			return this;
		}

		/**
		 * Set the time after which a client should reconnect.
		 * @param retry zero or more; truncated to whole milliseconds
		 * @return this builder
		 */
		public Builder retry(Duration retry) {
			this.retry = Objects.requireNonNull(retry, "retry must not be null");
			return this;
		}

		/**
		 * Set the comment.
		 * @param comment the comment, which clients ignore; may be empty
		 * @return this builder
		 */
		public Builder comment(String comment) {
			this.comment = Objects.requireNonNull(comment, "comment must not be null");
			return this;
		}

		/**
		 * Build the event.
		 * @return the event
		 * @throws IllegalArgumentException if the wire format cannot carry a field; the
		 * message names the field
		 */
		public SseEvent build() {
			return new SseEvent(this);
		}

	}

}
