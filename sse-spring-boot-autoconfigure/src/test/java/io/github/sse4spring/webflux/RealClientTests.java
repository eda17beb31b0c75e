package io.github.sse4spring.webflux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.StreamException;
import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreamListener;
import io.github.sse4spring.testsupport.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that people use, each of which gets every event once over a connection that is
 * ended by the server, cut and broken.
 */
@Timeout(60)
class RealClientTests {

	private ConfigurableApplicationContext context;

	private FaultProxy network;

	private SseHub hub;

	private final List<String> seen = new CopyOnWriteArrayList<>();

	@BeforeEach
	void start() throws IOException {
		this.context = StreamApplication.run(Server.class);
		this.network = FaultProxy.to(StreamApplication.port(this.context));
		this.hub = this.context.getBean(SseHub.class);
	}

	@AfterEach
	void stop() throws IOException {
		this.network.close();
		this.context.close();
	}

	@ParameterizedTest
	@EnumSource
	void clientGetsEveryEventOnceWhateverHappensToItsConnection(Client client) throws Exception {
		client.assumePresent();
		String url = "http://localhost:" + this.network.port() + "/real/hub";
		AutoCloseable running = client.start(url, this.seen::add);
		try {
			publish(0, 20);
			assertThat(this.context.getBean(SseConnections.class).disconnectClient("127.0.0.1")).isOne();
			publish(20, 40);
			this.network.cut();
			publish(40, 60);
			this.network.reset();
			publish(60, 80);
			await().atMost(Duration.ofSeconds(20)).until(() -> this.seen.size() >= 80);
		}
		finally {
			running.close();
		}
		assertThat(this.seen).isEqualTo(IntStream.range(0, 80).mapToObj((i) -> "event " + i).toList());
		// The client came back, however many of the breaks fell into one of its waits.
		assertThat(this.context.getBean(Opened.class).count).hasValueGreaterThanOrEqualTo(2);
	}

	/**
	 * Publish, at first to one who reads, and see that it arrives before anything else.
	 */
	private void publish(int from, int to) {
		if (from == 0) {
			await().until(() -> this.hub.snapshot().subscribers() == 1);
		}
		for (int i = from; i < to; i++) {
			this.hub.publish("news", SseEvent.text("event " + i));
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> this.seen.size() >= to);
	}

	/**
	 * One implementation each.
	 */
	enum Client {

		OKHTTP_EVENTSOURCE {

			@Override
			AutoCloseable start(String url, Consumer<String> data) {
				EventSource source = new EventSource.Builder(URI.create(url))
					.errorStrategy(ErrorStrategy.alwaysContinue())
					.build();
				return inBackground(() -> {
					try {
						while (true) {
							data.accept(source.readMessage().getData());
						}
					}
					catch (StreamException ex) {
						// Closed.
					}
				}, source::close);
			}

		},

		WEB_CLIENT {

			@Override
			AutoCloseable start(String url, Consumer<String> data) {
				AtomicReference<String> lastId = new AtomicReference<>();
				ParameterizedTypeReference<ServerSentEvent<String>> type = new ParameterizedTypeReference<>() {
				};
				Flux<ServerSentEvent<String>> events = Flux.defer(() -> WebClient.create()
					.get()
					.uri(url)
					.headers((headers) -> headers.set("Last-Event-ID", lastId.get()))
					.retrieve()
					.bodyToFlux(type));
				return events.repeat()
					.retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(50)))
					.subscribe((event) -> {
						if (event.id() != null) {
							lastId.set(event.id());
						}
						if (event.data() != null) {
							data.accept(event.data());
						}
					})::dispose;
			}

		},

		JDK {

			@Override
			AutoCloseable start(String url, Consumer<String> data) {
				HttpClient client = HttpClient.newHttpClient();
				return inBackground(() -> {
					String[] lastId = { null };
					while (!Thread.currentThread().isInterrupted()) {
						HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
						if (lastId[0] != null) {
							request.header("Last-Event-ID", lastId[0]);
						}
						try (Stream<String> lines = client.send(request.build(), HttpResponse.BodyHandlers.ofLines())
							.body()) {
							String[] waiting = { null };
							lines.forEach((line) -> {
								if (line.startsWith("data:")) {
									waiting[0] = line.substring(5);
								}
								else if (line.startsWith("id:")) {
									lastId[0] = line.substring(3);
								}
								else if (line.isEmpty() && waiting[0] != null) {
									data.accept(waiting[0]);
									waiting[0] = null;
								}
							});
						}
						catch (IOException | UncheckedIOException ex) {
							// Cut: connect again.
						}
						catch (InterruptedException ex) {
							return;
						}
					}
				}, () -> {
				});
			}

		},

		NPM_EVENTSOURCE {

			@Override
			void assumePresent() {
				Node.assumeClientsInstalled();
			}

			@Override
			AutoCloseable start(String url, Consumer<String> data) throws Exception {
				return onNode("eventsource", url, data);
			}

		},

		UNDICI {

			@Override
			void assumePresent() {
				Node.assumeClientsInstalled();
			}

			@Override
			AutoCloseable start(String url, Consumer<String> data) throws Exception {
				return onNode("undici", url, data);
			}

		};

		/** Skip the test where the client is not installed. */
		void assumePresent() {
		}

		abstract AutoCloseable start(String url, Consumer<String> data) throws Exception;

		private static AutoCloseable inBackground(Runnable reading, Runnable close) {
			Thread thread = new Thread(reading);
			thread.setDaemon(true);
			thread.start();
			return () -> {
				thread.interrupt();
				close.run();
			};
		}

		private static AutoCloseable onNode(String client, String url, Consumer<String> data) throws IOException {
			Process node = new ProcessBuilder("node", "read.mjs", client, url).directory(Node.DIRECTORY.toFile())
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			BufferedReader out = node.inputReader();
			JsonMapper json = JsonMapper.shared();
			inBackground(() -> out.lines().forEach((line) -> data.accept(json.readValue(line, String.class))), () -> {
			});
			return () -> {
				node.destroy();
				node.waitFor(10, TimeUnit.SECONDS);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ NettyServer.class, Feeds.class, Opened.class })
	static class Server {

	}

	/**
	 * How many streams have opened.
	 */
	static class Opened implements SseStreamListener {

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public void onOpen(SseConnection connection) {
			this.count.incrementAndGet();
		}

	}

	@RestController
	static class Feeds {

		private final SseHub hub;

		Feeds(SseHub hub) {
			this.hub = hub;
		}

		@GetMapping("/real/hub")
		Flux<SseEvent> hub() {
			return this.hub.subscribe("news");
		}

	}

}
