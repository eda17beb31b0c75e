package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
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
 * Threads publish at random while subscribers of every kind stall, leave and come back;
 * afterwards each history is held against what was published. Runs for seconds, or for as
 * many as the system property {@code sse.history.seconds} says; the seed is printed, and
 * {@code sse.history.seed} repeats it as far as threads can be repeated.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class HubHistoryTests {

	private static final List<String> TOPICS = List.of("a", "b", "c");

	/** Everything that was published: the topic of each sequence. */
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
			long sequence = sequence(id);
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
		TreeMap<Long, String> mine = new TreeMap<>(this.published);
		mine.entrySet().removeIf((each) -> !client.topics.contains(each.getValue()) || !client.takes(each.getKey()));
		Connection last = client.connections.get(client.connections.size() - 1);
		for (Connection connection : client.connections) {
			String failure = connection.check(mine, client.topics, client.filters, connection == last);
			if (failure != null) {
				this.failures.put(client.name + " " + client.description(), failure);
			}
		}
	}

	private static long sequence(String id) {
		return Long.parseLong(id.substring(id.indexOf('-') + 1));
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
					.subscribe(
							this.filters ? subscription.filter((event) -> takes(sequence(event.id()))) : subscription)
					.subscribe(connection);
				connection.awaitEnd();
				lastId = connection.lastId();
			}
		}

	}

	/** What one connection saw, from the position that it resumed after. */
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

		/**
		 * Hold what was seen against what was published to the topics of the client, and
		 * is taken by its filter. The last connection reads to the end.
		 * @return what is wrong, or {@code null}
		 */
		@Nullable String check(TreeMap<Long, String> published, List<String> topics, boolean filtered, boolean toTheEnd) {
			if (this.failure != null && !(this.failure instanceof SseLagException)) {
				return this.failure.toString();
			}
			Map<String, Long> position = new TreeMap<>();
			Map<String, Integer> notices = new TreeMap<>();
			topics.forEach((topic) -> position.put(topic, sequence(this.resumedAfter)));
			topics.forEach((topic) -> notices.put(topic, 0));
			Set<String> gaps = new HashSet<>();
			long last = sequence(this.resumedAfter);
			long holes = 0;
			long told = 0;
			boolean endsWithNotice = false;
			for (SseEvent event : List.copyOf(this.seen)) {
				long sequence = sequence(event.id());
				endsWithNotice = event.isNotice();
				if ("sse-gap".equals(event.name())) {
					// Told for every topic: all up to here, and up to its own first
					// event.
					position.replaceAll((topic, old) -> Math.max(old, sequence));
					gaps.addAll(topics);
					last = Math.max(last, sequence);
					continue;
				}
				if (event.isNotice()) {
					notices.replaceAll((topic, count) -> count + 1);
					told += Long.parseLong(((String) event.data()).replaceAll("[^0-9]", ""));
					continue;
				}
				String topic = published.get(sequence);
				if (topic == null || !topic.equals(event.data())) {
					return "wrong event at " + sequence;
				}
				if (sequence <= last) {
					return "not increasing: " + sequence + " after " + last;
				}
				long hole = published.subMap(position.get(topic), false, sequence, false)
					.values()
					.stream()
					.filter(topic::equals)
					.count();
				boolean inGap = gaps.remove(topic) && topics.size() > 1;
				if (hole > 0 && notices.get(topic) == 0 && !inGap) {
					return "a silent hole of " + hole + " before " + sequence;
				}
				if (topics.size() == 1 && !filtered && notices.get(topic) != ((hole > 0) ? 1 : 0)) {
					return notices.get(topic) + " notices for a hole of " + hole + " before " + sequence;
				}
				holes += inGap ? 0 : hole;
				last = sequence;
				position.put(topic, sequence);
				notices.put(topic, 0);
			}
			for (Map.Entry<Long, String> each : published.entrySet()) {
				if (toTheEnd && each.getKey() > position.get(each.getValue())) {
					return "nothing after " + position + " although there is " + each;
				}
			}
			// What is left out counts as missed too.
			boolean exact = (topics.size() == 1 && !endsWithNotice && !filtered);
			return (exact ? told == holes : told >= holes) ? null : "told " + told + " but missed " + holes;
		}

	}

}
