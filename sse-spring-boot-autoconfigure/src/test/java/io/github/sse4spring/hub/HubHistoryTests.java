package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLagException;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads publish at random while subscribers of every kind stall, cancel and resume.
 * Then the history of each subscriber is checked against everything that was published.
 * The system property {@code sse.history.seconds} sets how long the test runs. The seed
 * is printed, and {@code sse.history.seed} sets it; the threads still interleave freely.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class HubHistoryTests {

	private static final List<String> TOPICS = List.of("a", "b", "c");

	/** The topic of each sequence that was published. */
	private final Map<Long, String> published = new ConcurrentSkipListMap<>();

	private final Map<String, String> failures = new ConcurrentHashMap<>();

	@Test
	void everyHoleIsToldOnceAndNothingTwice() throws Exception {
		long seed = Long.getLong("sse.history.seed", System.nanoTime());
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("sse.history.seconds", 4));
		System.out.println("HubHistoryTests: seed " + seed);
		Random random = new Random(seed);
		do {
			round(random.nextLong());
			assertThat(this.failures).as("seed %d", seed).isEmpty();
		}
		while (System.nanoTime() < until);
	}

	private void round(long seed) throws Exception {
		Random random = new Random(seed);
		this.published.clear();
		SseHub hub = SseHubBuilder.create()
			.replaySize(8 + random.nextInt(64))
			.bufferSize(8)
			.maxRetainedSize(new int[] { 3_000, 20_000, 1_000_000 }[random.nextInt(3)])
			.build();
		AtomicBoolean publishing = new AtomicBoolean(true);
		List<Client> clients = new ArrayList<>();
		for (int i = 0; i < 24; i++) {
			clients.add(new Client(hub, "client " + i, new Random(random.nextLong()), publishing));
		}
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			Random mine = new Random(random.nextLong());
			threads.add(new Thread(() -> publish(hub, mine)));
		}
		clients.forEach((client) -> threads.add(new Thread(client)));
		threads.forEach(Thread::start);
		for (int i = 0; i < 3; i++) {
			threads.get(i).join();
		}
		publishing.set(false);
		hub.close();
		for (Thread thread : threads) {
			thread.join();
		}
		clients.forEach(this::check);
		assertThat(hub.snapshot().subscribers()).isZero();
	}

	private void publish(SseHub hub, Random random) {
		long last = 0;
		for (int i = 0; i < 4000; i++) {
			String topic = TOPICS.get(random.nextInt(TOPICS.size()));
			String id = hub.publish(topic, SseEvent.text(topic)).stored().block(Duration.ofSeconds(1));
			long sequence = HistoryOracle.sequence(id);
			this.published.put(sequence, topic);
			if (sequence <= last) {
				this.failures.put("publisher", "order of one thread: " + sequence + " after " + last);
			}
			last = sequence;
			if (random.nextInt(50) == 0) {
				Thread.yield();
			}
			if (random.nextInt(500) == 0) {
				hub.complete(topic);
			}
		}
	}

	private void check(Client client) {
		HistoryOracle oracle = new HistoryOracle(this.published, client.topics, client.filters ? client::takes : null);
		Connection last = client.connections.get(client.connections.size() - 1);
		for (Connection connection : client.connections) {
			String wrong = connection.check(oracle, connection == last);
			if (wrong != null) {
				this.failures.put(client.name + " " + client.description(), wrong);
			}
		}
	}

	private static final class Client implements Runnable {

		private final SseHub hub;

		private final String name;

		private final Random random;

		private final AtomicBoolean publishing;

		private final List<String> topics;

		private final SseLagPolicy policy;

		private final int bufferSize;

		private final boolean filters;

		private final List<Connection> connections = new ArrayList<>();

		Client(SseHub hub, String name, Random random, AtomicBoolean publishing) {
			this.hub = hub;
			this.name = name;
			this.random = random;
			this.publishing = publishing;
			List<String> topics = new ArrayList<>(TOPICS);
			Collections.shuffle(topics, random);
			this.topics = topics.subList(0, 1 + random.nextInt(TOPICS.size()));
			this.policy = SseLagPolicy.values()[random.nextInt(SseLagPolicy.values().length)];
			this.bufferSize = 2 + random.nextInt(60);
			this.filters = random.nextInt(3) == 0;
		}

		String description() {
			return this.topics + " " + this.policy + " " + this.bufferSize + (this.filters ? " filtered" : "");
		}

		boolean takes(long sequence) {
			return !this.filters || sequence % 3 != 0;
		}

		@Override
		public void run() {
			String lastId = this.hub.position();
			boolean more = true;
			while (more) {
				more = this.publishing.get();
				Connection connection = new Connection(lastId, more ? 1 + this.random.nextInt(400) : Integer.MAX_VALUE,
						this.random);
				this.connections.add(connection);
				SseSubscription subscription = SseSubscription.to(this.topics)
					.after(lastId)
					.onLag(this.policy)
					.bufferSize(this.bufferSize)
					.withNotices();
				this.hub
					.subscribe(this.filters ? subscription.filter((event) -> takes(HistoryOracle.sequence(event.id())))
							: subscription)
					.subscribe(connection);
				connection.awaitEnd();
				lastId = connection.lastId();
			}
		}

	}

	/** The history of one connection, from the position that it resumed after. */
	private static final class Connection extends BaseSubscriber<SseEvent> {

		private final String resumedAfter;

		private final int leaveAfter;

		private final Random random;

		private final List<SseEvent> seen = Collections.synchronizedList(new ArrayList<>());

		private final CountDownLatch ended = new CountDownLatch(1);

		private volatile @Nullable Throwable failure;

		private int spins;

		Connection(String resumedAfter, int leaveAfter, Random random) {
			this.resumedAfter = resumedAfter;
			this.leaveAfter = leaveAfter;
			this.random = random;
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			request(1);
		}

		@Override
		protected void hookOnNext(SseEvent event) {
			this.seen.add(event);
			if (this.seen.size() >= this.leaveAfter) {
				cancel();
				this.ended.countDown();
				return;
			}
			if (this.random.nextInt(20) == 0) {
				long until = System.nanoTime() + this.random.nextInt(200_000);
				while (System.nanoTime() < until) {
					this.spins++;
				}
			}
			request(1 + this.random.nextInt(3));
		}

		@Override
		protected void hookOnError(Throwable ex) {
			this.failure = ex;
			this.ended.countDown();
		}

		@Override
		protected void hookOnComplete() {
			this.ended.countDown();
		}

		void awaitEnd() {
			try {
				if (!this.ended.await(30, TimeUnit.SECONDS)) {
					throw new AssertionError("a subscriber hangs");
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		String lastId() {
			return this.seen.isEmpty() ? this.resumedAfter : this.seen.get(this.seen.size() - 1).id();
		}

		/** Return a fault, or {@code null}. The last connection must read to the end. */
		@Nullable String check(HistoryOracle oracle, boolean toTheEnd) {
			if (this.failure != null && !(this.failure instanceof SseLagException)) {
				return this.failure.toString();
			}
			return oracle.check(this.resumedAfter, List.copyOf(this.seen), toTheEnd);
		}

	}

}
