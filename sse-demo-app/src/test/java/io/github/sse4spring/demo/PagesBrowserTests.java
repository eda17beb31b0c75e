package io.github.sse4spring.demo;

import java.io.IOException;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pages of the demo in Chromium, below a base path.
 */
@Timeout(90)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.webflux.base-path=/demo", "demo.prices.padding=40000" })
class PagesBrowserTests {

	/** The default of sse.hub.buffer-size. */
	private static final int BUFFER_SIZE = 64;

	/** The default of sse.hub.replay-size. */
	private static final int RETAINED = 256;

	private static Browser browser;

	@LocalServerPort
	private int port;

	@Autowired
	private SseConnections connections;

	@Autowired
	private SseHub hub;

	@BeforeAll
	static void startBrowser() {
		browser = Browser.start();
	}

	@AfterAll
	static void stopBrowser() {
		if (browser != null) {
			browser.close();
		}
	}

	@AfterEach
	void leave() {
		browser.open("about:blank");
		browser.waitUntil("all streams have ended", () -> this.connections.count() == 0);
	}

	private void open(String page) {
		browser.size(1100, 900);
		browser.open("http://localhost:" + this.port + "/demo/" + page);
	}

	private long number(String id) {
		return Long.parseLong(browser.text(id).replaceAll("[^0-9]", ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "index.html", "job.html", "prices.html", "dashboard.html" })
	void pageIsWholeOnADeskAndOnAPhone(String page) {
		open(page);
		browser.run("window.failed = []; addEventListener('error', (event) => window.failed.push(event.message))");
		browser.size(390, 1400);
		// Nothing is wider than the screen, and every control has a name.
		assertThat(browser.run("return document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
		assertThat(browser.run("""
				return [...document.querySelectorAll('button, input, progress, a')]
					.filter((each) => !(each.textContent.trim() || each.ariaLabel || each.labels?.length
						|| each.getAttribute('aria-labelledby'))).length""")).isEqualTo(0L);
		assertThat(browser.run("return document.querySelectorAll('nav a[aria-current]').length")).isEqualTo(1L);
		assertThat(browser.run("return window.failed")).asString().isEqualTo("[]");
	}

	@Test
	void streamsAreReadBelowTheBasePath() {
		open("");
		browser.waitUntil("the counter counts", () -> browser.text("counter").matches("[0-9]+"));
		browser.waitUntil("the chat is open", () -> browser.text("live-state").equals("open"));
	}

	@Test
	void jobIsFinishedAndStaysFinished() {
		open("job.html");
		browser.click("job-start");
		browser.waitUntil("the job runs", () -> browser.text("job-step").startsWith("Step"));
		browser.screenshot("job");
		browser.waitUntil("the job is finished", () -> browser.text("job-step").equals("Finished"));
		browser.waitUntil("its stream is closed", () -> browser.text("job-state").equals("closed"));
		assertThat(browser.run("return document.getElementById('job-progress').value")).isEqualTo(1L);
		browser.run("location.reload()");
		browser.waitUntil("who comes late sees it finished", () -> browser.text("job-step").equals("Finished"));
		browser.waitUntil("and closed", () -> browser.text("job-state").equals("closed"));
	}

	@Test
	void tabThatPausesIsToldExactlyHowManyItHasMissed() {
		open("prices.html");
		browser.waitUntil("prices come", () -> number("received") > 300);
		browser.click("pause");
		browser.waitUntil("the tab is behind", () -> lagOfPrices() > BUFFER_SIZE);
		assertThat(browser.text("prices-state")).isEqualTo("paused");
		browser.click("pause");
		browser.waitUntil("it is told", () -> browser.text("missed").startsWith("You missed "));
		browser.waitUntil("the books balance",
				() -> browser.text("books").equals("received + missed = published") && number("missed-sum") > 0);
		assertThat(number("missed")).isLessThanOrEqualTo(number("missed-sum"));
		browser.screenshot("prices");
	}

	@Test
	void tabThatIsDisconnectedResumesOrIsToldOfTheGap() {
		open("prices.html");
		browser.run("document.querySelector('[value=DISCONNECT]').click()");
		browser.waitUntil("prices come", () -> number("received") > 300);
		browser.click("pause");
		// The browser still reads a little: the stream may be cut before the test sees
		// its
		// lag.
		browser.waitUntil("the tab is behind or cut", () -> lagOfPrices() > BUFFER_SIZE || !watchesPrices());
		for (int i = 0; i < 2 * RETAINED; i++) {
			this.hub.publish("prices", SseEvent.text("takes the place of a price"));
		}
		browser.click("pause");
		browser.waitUntil("it is told", () -> browser.text("missed").contains("(expired)"));
		browser.waitUntil("the books tell of it", () -> browser.text("books").equals("a gap was told"));
		browser.waitUntil("it goes on", () -> browser.text("prices-state").equals("open"));
		assertThat(number("missed-sum")).isZero();
	}

	private Stream<SseConnection> streamsOfPrices() {
		return this.connections.list().stream().filter((each) -> each.topics().contains("prices"));
	}

	private long lagOfPrices() {
		return streamsOfPrices().mapToLong(SseConnection::lag).max().orElse(0);
	}

	private boolean watchesPrices() {
		return streamsOfPrices().findAny().isPresent();
	}

	@Test
	void dashboardTellsTheTruthWhileClientsComeStallAndGo() throws IOException {
		open("dashboard.html");
		browser.waitUntil("it sees itself", () -> browser.text("connections").equals("1"));
		try (Visitors visitors = new Visitors(this.port)) {
			visitors.read(150, "/demo/events/counter");
			visitors.stall(50, "/demo/events/prices?onLag=SKIP");
			browser.waitUntil("all have come", () -> browser.text("connections").equals("201"));
			assertThat(this.connections.count()).isEqualTo(201);
			browser.waitUntil("some do not read", () -> browser.text("slowest").contains("not reading"));
			browser.waitUntil("events are written", () -> number("throughput") > 100);
			browser.screenshot("dashboard");
		}
		browser.waitUntil("all have gone", () -> browser.text("connections").equals("1"));
		assertThat(browser.text("closed")).contains("gone");
		assertThat(browser.text("slowest")).doesNotContain("not reading");
	}

}
