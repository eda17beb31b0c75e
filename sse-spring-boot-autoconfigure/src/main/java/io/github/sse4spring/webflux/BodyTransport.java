package io.github.sse4spring.webflux;

import io.github.sse4spring.stream.StreamBatch;
import io.github.sse4spring.stream.StreamBody;
import io.github.sse4spring.stream.StreamLoop;
import io.github.sse4spring.stream.StreamTransport;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes a stream as the body of a reactive response, while the server has demand for it.
 */
abstract class BodyTransport extends Flux<DataBuffer> implements StreamTransport, Subscription {

	private final StreamBody body;

	private final StreamLoop loop;

	/** Set before the body is opened. */
	private @Nullable CoreSubscriber<? super DataBuffer> actual;

	/** On the loop only. */
	private long demand;

	/** On the loop only: whether the body has completed or failed. */
	private boolean terminated;

	BodyTransport(StreamBody body, StreamLoop loop) {
		this.body = body;
		this.loop = loop;
	}

	/** Set this as the body of the response. Each buffer is flushed soon. */
	abstract Mono<Void> respond();

	/** Return whether the connection takes bytes. Demand is checked separately. */
	abstract boolean isWritable();

	/** Return whether the connection has demand but has not taken all bytes. */
	abstract boolean hasUnsent();

	/** Move bytes from a batch into a buffer. */
	abstract DataBuffer take(StreamBatch batch, int length);

	final StreamBody body() {
		return this.body;
	}

	@Override
	public final StreamLoop loop() {
		return this.loop;
	}

	@Override
	public final void subscribe(CoreSubscriber<? super DataBuffer> actual) {
		if (this.actual != null) {
			Operators.error(actual, new IllegalStateException("The body of a response has one subscriber"));
			return;
		}
		this.actual = actual;
		this.body.open(this, Context.of(actual.currentContext()));
	}

	@Override
	public final void start() {
		actual().onSubscribe(this);
	}

	@Override
	public final void request(long n) {
		if (Operators.validate(n)) {
			this.body.run(() -> {
				boolean waited = (this.demand == 0);
				this.demand = Operators.addCap(this.demand, n);
				if (waited) {
					this.body.ready();
				}
			});
		}
	}

	@Override
	public final void cancel() {
		this.body.gone();
	}

	@Override
	public final boolean isReady() {
		return this.demand > 0 && isWritable();
	}

	@Override
	public final boolean hasPending() {
		return this.demand == 0 || hasUnsent();
	}

	@Override
	public final void write(StreamBatch batch, int length) {
		DataBuffer buffer = take(batch, length);
		this.demand--;
		actual().onNext(buffer);
	}

	@Override
	public final void end() {
		if (!this.terminated) {
			this.terminated = true;
			actual().onComplete();
		}
	}

	@Override
	public final void fail(Throwable failure) {
		if (!this.terminated) {
			this.terminated = true;
			actual().onError(failure);
		}
	}

	private CoreSubscriber<? super DataBuffer> actual() {
		CoreSubscriber<? super DataBuffer> actual = this.actual;
		if (actual == null) {
			throw new IllegalStateException("The body was not subscribed to");
		}
		return actual;
	}

}
