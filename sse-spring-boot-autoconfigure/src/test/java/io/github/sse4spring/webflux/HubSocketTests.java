package io.github.sse4spring.webflux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.EventStream.Block;
import io.github.sse4spring.testsupport.RawClient;
import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A hub on Reactor Netty with one client that does not read, while tens of megabytes are
 * published.
 */
@Timeout(60)
class HubSocketTests {

	private static final int EVENTS = 20_000;

	private static final int FAST = 3;

	private static final String PAYLOAD = "x".repeat(1000);

	private final ExecutorService clients = Executors.newCachedThreadPool();

	private ConfigurableApplicationContext context;

	private int port;

	private SseHub hub;

	@BeforeEach
	void start() {
		this.context = StreamApplication.run(Server.class);
		this.port = StreamApplication.port(this.context);
		this.hub = this.context.getBean(SseHub.class);
	}

	@AfterEach
	void stop() {
		this.clients.shutdownNow();
		this.context.close();
	}

	@Test
	void stalledClientMissesAndIsToldHowManyWhileOthersMissNothing() throws Exception {
		List<CompletableFuture<String>> fast = startFastClients();
		try (RawClient stalled = RawClient.notReading(this.port, "/hub/skip")) {
			awaitSubscribers(FAST + 1);
			publish();
			this.hub.complete("news");
			for (CompletableFuture<String> client : fast) {
				assertThat(EventStream.data(client.get(30, TimeUnit.SECONDS))).hasSize(EVENTS);
			}
			List<Block> seen = EventStream.parse(stalled.startReading().readToEnd());
			long received = seen.stream().filter((block) -> PAYLOAD.equals(block.data())).count();
			long missed = seen.stream()
				.filter((block) -> "sse-lag".equals(block.name()))
				.mapToLong((block) -> Long.parseLong(block.data().replaceAll("[^0-9]", "")))
				.sum();
			assertThat(missed).isPositive();
			assertThat(received + missed).isEqualTo(EVENTS);
			assertThat(seen).last().extracting(Block::id).isEqualTo("sse-end");
		}
	}

	@Test
	void memoryIsBoundedWhateverIsPublishedToClientsThatDoNotRead() throws Exception {
		RawClient first = RawClient.notReading(this.port, "/hub/skip");
		RawClient second = RawClient.notReading(this.port, "/hub/skip");
		awaitSubscribers(2);
		publish();
		long before = usedMemory();
		publish();
		publish();
		publish();
		assertThat(usedMemory() - before).as("more bytes after 60 MB more").isLessThan(10_000_000);
		assertThat(this.hub.snapshot().subscribers()).isEqualTo(2);
		first.close();
		second.close();
	}

	@Test
	void disconnectedClientHasNoSilentHoleOverAllItsReconnects() throws Exception {
		List<CompletableFuture<String>> fast = startFastClients();
		List<Block> seen = new ArrayList<>();
		String lastId = null;
		int connections = 0;
		RawClient client = RawClient.notReading(this.port, "/hub/disconnect");
		awaitSubscribers(FAST + 1);
		publish();
		this.hub.complete("news");
		while (!"sse-end".equals(lastId)) {
			seen.addAll(EventStream.parse(client.startReading().readToEnd()));
			client.close();
			connections++;
			lastId = seen.stream().map(Block::id).filter((id) -> id != null).reduce((a, b) -> b).orElseThrow();
			client = RawClient.notReading(this.port, "/hub/disconnect", "Last-Event-ID: " + lastId);
		}
		client.close();
		for (CompletableFuture<String> each : fast) {
			assertThat(EventStream.data(each.get(30, TimeUnit.SECONDS))).hasSize(EVENTS);
		}
		assertThat(connections).isGreaterThan(1);
		assertNoSilentHole(seen);
	}

	private static void assertNoSilentHole(List<Block> seen) {
		long position = 0;
		boolean told = false;
		for (Block block : seen) {
			if (block.name() != null) {
				told = true;
			}
			if (PAYLOAD.equals(block.data())) {
				long sequence = sequence(block);
				assertThat(sequence).isGreaterThan(position);
				assertThat(sequence == position + 1 || told).as("hole between %d and %d", position, sequence).isTrue();
				position = sequence;
				told = false;
			}
		}
		assertThat(position).isEqualTo(EVENTS);
	}

	private static long sequence(Block block) {
		return Long.parseLong(block.id().substring(block.id().indexOf('-') + 1));
	}

	private List<CompletableFuture<String>> startFastClients() {
		List<CompletableFuture<String>> fast = new ArrayList<>();
		for (int i = 0; i < FAST; i++) {
			fast.add(CompletableFuture.supplyAsync(this::readAll, this.clients));
		}
		return fast;
	}

	private String readAll() {
		try (RawClient client = RawClient.get(this.port, "/hub/fast")) {
			return client.readToEnd();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The heap after a collection, plus the memory of the server's buffers outside the
	 * heap.
	 */
	private static long usedMemory() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
				+ Math.max(0, PlatformDependent.usedDirectMemory());
	}

	private void awaitSubscribers(int count) {
		while (this.hub.snapshot().subscribers() < count) {
			Thread.onSpinWait();
		}
	}

	private void publish() {
		for (int i = 0; i < EVENTS; i++) {
			this.hub.publish("news", SseEvent.text(PAYLOAD));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class })
	static class Server {

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/hub/fast")
		Flux<SseEvent> fast() {
			return this.hub.subscribe(SseSubscription.to("news").bufferSize(EVENTS + 1));
		}

		@GetMapping("/hub/skip")
		Flux<SseEvent> skip() {
			return this.hub.subscribe("news");
		}

		@GetMapping("/hub/disconnect")
		Flux<SseEvent> disconnect() {
			return this.hub.subscribe(SseSubscription.to("news").bufferSize(100).onLag(SseLagPolicy.DISCONNECT));
		}

	}

}
