package io.github.sse4spring.webflux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.sse4spring.testsupport.EventStream;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that does not read costs at most 64 KiB beyond the frame that all clients
 * share, whatever the size of the event.
 */
@Timeout(600)
class StalledMemoryTests {

	private static final int STALLED = 1000;

	/**
	 * Smaller than the maximum of the hub. All clients together wait for 900 MB.
	 */
	private static final int EVENT = 900_000;

	private final List<RawClient> clients = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (RawClient client : this.clients) {
			client.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/drain/flood", "/drain/flood-without-resume", "/drain/flood-out-of-order" })
	void thousandClientsThatDoNotReadALargeEventFitIntoASmallHeap(String path) throws IOException {
		try (ApplicationProcess application = ApplicationProcess.start("256m", EVENT, "--sse.stream.retry.min=1s")) {
			for (int i = 0; i < STALLED; i++) {
				RawClient client = RawClient.notReading(application.port(), path).patient();
				this.clients.add(client);
				assertThat(client.startReading().status()).isEqualTo(200);
			}
			application.stall(STALLED);
			// No client was disconnected. A client that reads receives its events.
			application.stall(STALLED);
			for (RawClient client : this.clients.subList(0, 10)) {
				String event = client.readUntil("x\n");
				assertThat(EventStream.parse(event + "\n")).last()
					.satisfies((block) -> assertThat(block.data()).hasSize(EVENT));
			}
		}
	}

}
