package io.github.sse4spring.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseKeepAlive;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.hub.SseHubBuilder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.GroupedFlux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.retry.Retry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chains of operators over a hub whose client lags, fails, is cut at any byte and comes
 * back with the last id that it has. What the client saw alone decides: no event is
 * missing without a notice, and on a chain that keeps the order none comes twice. Runs
 * some histories of each chain and pair of chains, or as many as the system property
 * {@code sse.history.rounds} says; {@code sse.history.seed} repeats them.
 */
@Timeout(3600)
class OperatorChainHistoryTests {

	private static final int ROUNDS = Integer.getInteger("sse.history.rounds", 4);

	/** Enough for every failure, but for one that comes again at once. */
	private static final int RETRIES = 20;

	private static final long SEED = Long.getLong("sse.history.seed", System.nanoTime());

	/** Chains that keep the order of what they get. */
	private static final List<Chain> IN_ORDER = List.of(
			// What the stream sees through.
			chain("nothing", (world) -> (flux) -> flux), chain("map", (world) -> (flux) -> flux.map((event) -> event)),
			chain("map without id", (world) -> (flux) -> flux.map(SseEvent::withoutId)).losingIds(),
			chain("filter", (world) -> (flux) -> flux.filter(World::isKept)).leavingOut(),
			chain("handle", (world) -> (flux) -> flux.handle((event, sink) -> {
				if (World.isKept(event)) {
					sink.next(event);
				}
			})).leavingOut(), chain("doOnNext", (world) -> (flux) -> flux.doOnNext((event) -> {
			})), chain("doFinally", (world) -> (flux) -> flux.doFinally((signal) -> {
			})), chain("distinct", (world) -> (flux) -> flux.distinct(SseEvent::data)),
			chain("checkpoint", (world) -> (flux) -> flux.checkpoint("here")),
			chain("keep-alive", (world) -> (flux) -> SseKeepAlive.of(flux).maxInterval(Duration.ofSeconds(1))),
			chain("retry", (world) -> (flux) -> flux.doOnNext(world::failSometimes).retry(RETRIES)),
			chain("onErrorContinue", (world) -> (flux) -> flux.doOnNext((event) -> {
				if (!World.isKept(event)) {
					throw new IllegalStateException("always");
				}
			}).onErrorContinue((ex, event) -> {
			})).leavingOut(),
			// What it does not.
			chain("hide", (world) -> Flux::hide), chain("limitRate", (world) -> (flux) -> flux.limitRate(4)),
			chain("take and repeat", (world) -> (flux) -> flux.take(20).repeat()),
			chain("take few and repeat", (world) -> (flux) -> flux.take(3).repeat()),
			chain("publishOn", (world) -> (flux) -> flux.publishOn(world.time)),
			chain("publishOn the loop",
					(world) -> (flux) -> flux.publishOn(Schedulers.fromExecutor(world.stream.loop), 8)),
			chain("publishOn and retry",
					(world) -> (flux) -> flux.publishOn(world.time, 4).doOnNext(world::failSometimes).retry(RETRIES)),
			chain("subscribeOn", (world) -> (flux) -> flux.subscribeOn(world.time)),
			chain("cancelOn", (world) -> (flux) -> flux.cancelOn(world.time)),
			chain("delayElements", (world) -> (flux) -> flux.delayElements(Duration.ofMillis(10), world.time)),
			chain("delaySequence", (world) -> (flux) -> flux.delaySequence(Duration.ofMillis(10), world.time)),
			chain("concatMap", (world) -> (flux) -> flux.concatMap(world::slow)),
			chain("concatMap without prefetch", (world) -> (flux) -> flux.concatMap(world::slow, 0)),
			chain("concatMap and retry",
					(world) -> (flux) -> flux.concatMap((event) -> world.slow(event).doOnNext(world::failSometimes))
						.retry(RETRIES)),
			chain("concatMap that leaves out",
					(world) -> (flux) -> flux.concatMap((event) -> world.slow(event).filter(World::isKept)))
				.leavingOut(),
			chain("flatMapSequential", (world) -> (flux) -> flux.flatMapSequential(world::slow)),
			chain("flatMapSequential and retry",
					(world) -> (flux) -> flux
						.flatMapSequential((event) -> world.slow(event).doOnNext(world::failSometimes), 4)
						.retry(RETRIES)),
			chain("filterWhen", (world) -> (flux) -> flux.filterWhen((event) -> world.slow(event).map(World::isKept)))
				.leavingOut(),
			chain("merge", (world) -> (flux) -> Flux.merge(flux, Flux.never())),
			chain("mergeWith comments",
					(world) -> (flux) -> flux.mergeWith(
							Flux.interval(Duration.ofMillis(7), world.time).map((tick) -> SseEvent.comment("tick")))),
			chain("merge with one that fails, and retry", (world) -> (flux) -> flux
				.mergeWith(Flux.interval(Duration.ofMillis(50), world.time).handle((tick, sink) -> {
					if (world.random.nextInt(3) == 0) {
						sink.error(new IllegalStateException("sometimes"));
					}
				}))
				.retry(RETRIES)),
			chain("startWith", (world) -> (flux) -> flux.startWith(SseEvent.comment("first"))),
			chain("concatWith", (world) -> (flux) -> flux.concatWith(Flux.never())),
			chain("onBackpressureBuffer", (world) -> (flux) -> flux.onBackpressureBuffer()),
			chain("scan", (world) -> (flux) -> flux.scan((before, event) -> event)),
			chain("flatMapIterable", (world) -> (flux) -> flux.flatMapIterable(List::of)),
			chain("timeout and retry",
					(world) -> (flux) -> flux.timeout(Duration.ofMillis(30), world.time).retry(RETRIES)),
			chain("retryWhen",
					(world) -> (flux) -> flux.doOnNext(world::failSometimes)
						.retryWhen(Retry.fixedDelay(1000, Duration.ofMillis(20)).scheduler(world.time))),
			chain("onErrorResume",
					(world) -> (flux) -> flux.doOnNext(world::failSometimes)
						.onErrorResume((ex) -> flux.doOnNext(world::failSometimes).retry(RETRIES))),
			chain("using", (world) -> (flux) -> Flux.using(() -> world, (resource) -> flux, (resource) -> {
			})), chain("defer", (world) -> (flux) -> Flux.defer(() -> flux)),
			chain("switchMap to another subscription",
					(world) -> (flux) -> Flux.interval(Duration.ZERO, Duration.ofMillis(60), world.time)
						.onBackpressureDrop()
						.switchMap((tick) -> flux)));

	/** Chains that may not. */
	private static final List<Chain> OUT_OF_ORDER = List.of(
			chain("flatMap", (world) -> (flux) -> flux.flatMap(world::slow)),
			chain("flatMap of two", (world) -> (flux) -> flux.flatMap(world::slow, 2)),
			chain("flatMap and retry",
					(world) -> (flux) -> flux.flatMap((event) -> world.slow(event).doOnNext(world::failSometimes), 8)
						.retry(RETRIES)),
			chain("flatMap that leaves out",
					(world) -> (flux) -> flux.flatMap((event) -> world.slow(event).filter(World::isKept)))
				.leavingOut(),
			chain("flatMap twice the same", (world) -> (flux) -> flux.flatMap((event) -> Flux.just(event, event))),
			chain("publish", (world) -> (flux) -> flux.publish((shared) -> shared)),
			chain("publish few", (world) -> (flux) -> flux.publish((shared) -> shared, 1)),
			chain("publish to two",
					(world) -> (flux) -> flux.publish((shared) -> Flux.merge(shared.filter(World::isKept),
							shared.filter((event) -> !World.isKept(event)).concatMap(world::slow)))),
			chain("switchOnFirst", (world) -> (flux) -> flux.switchOnFirst((first, all) -> all.flatMap(world::slow))),
			chain("buffer",
					(world) -> (flux) -> flux.bufferTimeout(3, Duration.ofMillis(10), world.time).map((events) -> {
						Collections.shuffle(events, world.random);
						return events;
					}).flatMapIterable(Function.identity())),
			chain("merge of two", (world) -> (flux) -> Flux.merge(flux.take(3), Flux.defer(() -> flux)).retry(RETRIES)),
			chain("parallel", (world) -> (flux) -> flux.parallel(2).runOn(world.time).sequential()),
			chain("groupBy", (world) -> (flux) -> flux.groupBy(World::isKept).flatMap(GroupedFlux::hide)),
			chain("window", (
					world) -> (flux) -> flux.window(3).concatMap(Function.identity())),
			chain("flatMap and publishOn", (
					world) -> (flux) -> flux.flatMap(world::slow, 4).publishOn(world.time, 4)),
			chain("retry around both",
					(world) -> (flux) -> Flux
						.concat(flux.take(5), flux.flatMap((event) -> world.slow(event).doOnNext(world::failSometimes)))
						.publishOn(world.time)
						.retry(RETRIES)));

	private static Chain chain(String name, Function<World, Function<Flux<SseEvent>, Flux<SseEvent>>> operators) {
		return new Chain(name, operators, false, false);
	}

	static Stream<Arguments> chains() {
		return Stream.concat(IN_ORDER.stream().map((chain) -> Arguments.of(chain, true)),
				OUT_OF_ORDER.stream().map((chain) -> Arguments.of(chain, false)));
	}

	static Stream<Arguments> pairs() {
		Random random = new Random(SEED);
		// onErrorContinue changes what the operators before it do with a failure.
		List<Chain> all = Stream.concat(IN_ORDER.stream(), OUT_OF_ORDER.stream())
			.filter((chain) -> !"onErrorContinue".equals(chain.name))
			.toList();
		return Stream.generate(() -> List.of(pick(all, random), pick(all, random)))
			.limit(20L * ROUNDS)
			.map((pair) -> Arguments.of(pair.get(0).then(pair.get(1)), IN_ORDER.containsAll(pair)));
	}

	private static Chain pick(List<Chain> chains, Random random) {
		return chains.get(random.nextInt(chains.size()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("chains")
	void chainHasNoSilentHole(Chain chain, boolean inOrder) {
		Random random = new Random(SEED ^ chain.name.hashCode());
		for (int i = 0; i < ROUNDS; i++) {
			round(chain, inOrder, random.nextLong());
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("pairs")
	void pairOfChainsHasNoSilentHole(Chain chain, boolean inOrder) {
		round(chain, inOrder, SEED ^ chain.name.hashCode());
	}

	private void round(Chain chain, boolean inOrder, long seed) {
		World world = new World(chain, new Random(seed));
		ClientHistory history = new ClientHistory(inOrder && !chain.losesIds, chain.leavesOut);
		int cuts = world.random.nextInt(5);
		for (int i = 0; i < cuts && !history.hasEnded(); i++) {
			world.connect(history.lastId());
			world.live(10 + world.random.nextInt(60));
			world.cut(history);
		}
		world.resting = true;
		for (int i = 0; i < 20 && !history.hasEnded() && !world.hasReadAll; i++) {
			world.connect(history.lastId());
			world.live((i == 0) ? 20 : 0);
			world.rest();
			world.readAll(history);
		}
		// A client that is still on its way when the test gives up has not missed the
		// rest.
		assertThat(history.failure(world.hasReadAll ? world.published : 0))
			.as("%s, seed %d (sse.history.seed=%d)%n%s", chain, seed, SEED, history)
			.isNull();
	}

	/**
	 * What a handler does with the flux of a hub.
	 */
	private record Chain(String name, Function<World, Function<Flux<SseEvent>, Flux<SseEvent>>> operators,
			boolean leavesOut, boolean losesIds) {

		Chain leavingOut() {
			return new Chain(this.name, this.operators, true, this.losesIds);
		}

		Chain losingIds() {
			return new Chain(this.name, this.operators, this.leavesOut, true);
		}

		Chain then(Chain next) {
			return new Chain(this.name + ", " + next.name,
					(world) -> this.operators.apply(world).andThen(next.operators.apply(world)),
					this.leavesOut || next.leavesOut, this.losesIds || next.losesIds);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * A hub, and one client at a time.
	 */
	private static final class World {

		private final Chain chain;

		private final Random random;

		private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

		private final SseHub hub;

		private final SseSubscription subscription;

		private final List<Sinks.Empty<Void>> gates = new ArrayList<>();

		private final List<Integer> publishedAtWrite = new ArrayList<>();

		private StreamFixture stream = new StreamFixture();

		private int published;

		/** Whether nothing fails or takes long any more. */
		private boolean resting;

		private boolean hasReadAll;

		World(Chain chain, Random random) {
			this.chain = chain;
			this.random = random;
			this.hub = SseHubBuilder.create().replaySize(4 + random.nextInt(60)).scheduler(this.time).build();
			SseLagPolicy[] policies = SseLagPolicy.values();
			SseSubscription plain = SseSubscription.to("a")
				.bufferSize(2 + random.nextInt(20))
				.onLag(policies[random.nextInt(policies.length)]);
			this.subscription = (chain.leavesOut && random.nextBoolean()) ? plain.filter(World::isKept) : plain;
		}

		private static boolean isKept(SseEvent event) {
			return ClientHistory.isKept(Integer.parseInt(String.valueOf(event.data())));
		}

		/** Some events are under way for longer than others. */
		private Mono<SseEvent> slow(SseEvent event) {
			int kind = this.resting ? 2 : this.random.nextInt(4);
			if (kind == 0) {
				Sinks.Empty<Void> gate = Sinks.empty();
				this.gates.add(gate);
				return gate.asMono().thenReturn(event);
			}
			return (kind == 1) ? Mono.delay(Duration.ofMillis(this.random.nextInt(40)), this.time).thenReturn(event)
					: Mono.just(event);
		}

		private void failSometimes(SseEvent event) {
			if (!this.resting && this.random.nextInt(12) == 0) {
				throw new IllegalStateException("sometimes");
			}
		}

		void connect(String lastId) {
			this.gates.clear();
			this.publishedAtWrite.clear();
			this.stream = new StreamFixture();
			this.stream.maxWrite = this.random.nextBoolean() ? Integer.MAX_VALUE : 1 + this.random.nextInt(40);
			this.stream.onWrite = () -> this.publishedAtWrite.add(this.published);
			Flux<SseEvent> events = this.hub
				.subscribe((lastId != null) ? this.subscription : this.subscription.after(this.hub.position()));
			this.stream.start(this.chain.operators.apply(this).apply(events), lastId);
		}

		void live(int steps) {
			for (int i = 0; i < steps; i++) {
				switch (this.random.nextInt(8)) {
					case 0, 1 -> publish(1 + this.random.nextInt(3));
					case 2 -> publish(this.random.nextInt(30));
					case 3 -> this.stream.loop.runTasks();
					case 4 -> this.stream.loop.runTasks(1 + this.random.nextInt(3));
					case 5 -> this.stream.become(this.random.nextInt(3) != 0);
					case 6 -> openGate();
					default -> pass(Duration.ofMillis(this.random.nextInt(30)));
				}
			}
		}

		private void publish(int count) {
			for (int i = 0; i < count; i++) {
				this.hub.publish("a", SseEvent.text(Integer.toString(this.published)));
				this.published++;
			}
		}

		private void openGate() {
			if (!this.gates.isEmpty()) {
				this.gates.remove(this.random.nextInt(this.gates.size())).tryEmitEmpty();
			}
		}

		private void pass(Duration duration) {
			this.time.advanceTimeBy(duration);
			this.stream.loop.advance(duration);
		}

		/** Let everything arrive that can. */
		void rest() {
			publish(1);
			for (int i = 0; i < 300; i++) {
				this.stream.become(true);
				this.stream.loop.runTasks();
				while (!this.gates.isEmpty()) {
					openGate();
				}
				pass(Duration.ofMillis(20));
			}
		}

		/** The client gets some of the bytes, and the connection goes. */
		void cut(ClientHistory history) {
			String text = this.stream.text();
			read(history, text.substring(0, this.random.nextInt(text.length() + 1)));
			this.stream.loop.onLoop(() -> this.stream.writer.gone());
			this.stream.loop.runTasks();
		}

		void readAll(ClientHistory history) {
			read(history, this.stream.text());
			this.hasReadAll = !this.stream.completed;
		}

		private void read(ClientHistory history, String text) {
			history.connected();
			int end = 0;
			int blocks = 0;
			for (int i = 0; i < this.stream.written.size() && end < text.length(); i++) {
				end = Math.min(text.length(), end + this.stream.written.get(i).length());
				blocks = history.read(text.substring(0, end), blocks, this.publishedAtWrite.get(i));
			}
		}

	}

}
