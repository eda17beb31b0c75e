package io.github.sse4spring.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import tools.jackson.databind.json.JsonMapper;

/**
 * One stream writer between a source and a server that do as they are told, on a
 * {@link TestLoop}.
 */
final class StreamFixture implements StreamTransport {

	static final SseStreamSettings SETTINGS = settings(Duration.ofMillis(250), true, null, Duration.ZERO);

	static SseStreamSettings settings(Duration openDelay, boolean endOnComplete, @Nullable Duration maxAge,
			Duration stallTimeout) {
		return new SseStreamSettings(new SseStreamSettings.KeepAlive(true, Duration.ofSeconds(5), "ping"), openDelay,
				new SseStreamSettings.Retry(Duration.ofMillis(100), Duration.ofMillis(100)),
				new SseStreamSettings.Lifetime(endOnComplete, maxAge, stallTimeout, Duration.ofSeconds(2)),
				new SseStreamSettings.Wire(Duration.ZERO, false, true),
				new SseStreamSettings.Limits(0, 0, Duration.ofSeconds(30)));
	}

	static final String OPENING = ":\nretry:100\n\n";

	static final String END = "id:sse-end\n\n";

	final TestLoop loop;

	final SseStreams streams;

	final List<String> written = new ArrayList<>();

	private long demand;

	private int batchesInATask;

	private int lastTask;

	int mostBatchesInATask;

	boolean writable = true;

	boolean pending;

	long progress;

	@Nullable SseStreamEnd end;

	private final SseStreamListener ends = new SseStreamListener() {

		@Override
		public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
			StreamFixture.this.end = end;
		}

	};

	@Nullable Throwable failure;

	int maxWrite = Integer.MAX_VALUE;

	Runnable onWrite = () -> {
	};

	boolean opened;

	boolean completed;

	boolean aborted;

	@Nullable Throwable error;

	boolean begun;

	@Nullable StreamWriter writer;

	private final String handler;

	StreamFixture() {
		this(SETTINGS);
	}

	/** A stream of this handler. */
	StreamFixture(String handler) {
		this(SETTINGS, handler);
	}

	StreamFixture(SseStreamSettings settings) {
		this(settings, "Events#all()");
	}

	/** A stream on the loop of another one. */
	StreamFixture(TestLoop loop) {
		this(SETTINGS, "Events#all()", loop);
	}

	private StreamFixture(SseStreamSettings settings, String handler) {
		this(settings, handler, new TestLoop());
	}

	private StreamFixture(SseStreamSettings settings, String handler, TestLoop loop) {
		this.loop = loop;
		this.handler = handler;
		this.streams = new SseStreams(new SseEventEncoder(JsonMapper.shared()), settings,
				SseClientKeyResolver.principalOrAddress(), List.of(this.ends));
	}

	/** Open a stream that may write any number of batches. */
	StreamFixture start(Flux<SseEvent> source) {
		return start(source, Long.MAX_VALUE);
	}

	StreamFixture start(Flux<SseEvent> source, long demand) {
		return start(source, demand, null);
	}

	/** Open a stream for a client that has seen an event. */
	StreamFixture start(Flux<SseEvent> source, @Nullable String lastEventId) {
		return start(source, Long.MAX_VALUE, (lastEventId != null) ? SseLastEventId.of(lastEventId) : null);
	}

	private StreamFixture start(Flux<SseEvent> source, long demand, @Nullable SseLastEventId lastEventId) {
		this.writer = create(lastEventId);
		this.loop.onLoop(() -> {
			this.writer.start(source);
			request(demand);
		});
		return this;
	}

	StreamWriter create(@Nullable SseLastEventId lastEventId) {
		return new StreamWriter(this.streams.environment(), this, Context.empty(),
				new StreamClient("client", lastEventId, "GET", "/events", this.handler), () -> this.opened = true);
	}

	void become(boolean writable) {
		this.writable = writable;
		if (writable && this.begun) {
			this.loop.onLoop(this.writer::pump);
		}
	}

	/** On the loop: let the client read this many batches more. */
	void request(long batches) {
		boolean waited = (this.demand == 0);
		this.demand = Operators.addCap(this.demand, batches);
		if (waited) {
			this.writer.pump();
		}
	}

	String text() {
		return String.join("", this.written);
	}

	@Override
	public StreamLoop loop() {
		return this.loop;
	}

	@Override
	public void start() {
	}

	@Override
	public void begin() {
		this.begun = true;
	}

	@Override
	public boolean isReady() {
		return this.demand > 0 && this.writable;
	}

	@Override
	public int maxWrite() {
		return this.maxWrite;
	}

	@Override
	public void write(StreamBatch batch, int length) {
		if (this.failure instanceof Error) {
			throw (Error) this.failure;
		}
		if (this.failure != null) {
			throw new IllegalStateException(this.failure);
		}
		this.demand--;
		ByteBuffer bytes = ByteBuffer.allocate(length);
		batch.moveTo(bytes);
		this.written.add(new String(bytes.array(), StandardCharsets.UTF_8));
		this.onWrite.run();
		this.batchesInATask = (this.loop.tasksRun == this.lastTask) ? this.batchesInATask + 1 : 1;
		this.lastTask = this.loop.tasksRun;
		this.mostBatchesInATask = Math.max(this.mostBatchesInATask, this.batchesInATask);
	}

	@Override
	public boolean hasPending() {
		return this.demand == 0 || this.pending;
	}

	@Override
	public long progress() {
		return this.progress;
	}

	@Override
	public void end() {
		this.completed = true;
	}

	@Override
	public void fail(Throwable failure) {
		this.error = failure;
	}

	@Override
	public void abort(String why) {
		this.aborted = true;
	}

	@Override
	public void release() {
		this.begun = false;
	}

	@Override
	public void left() {
	}

}
