package io.github.sse4spring.demo;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page of the demo in Chromium, over a connection that a test can cut.
 */
@Timeout(90)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class DemoBrowserTests {

	private static Browser browser;

	@LocalServerPort
	private int port;

	@Autowired
	private Answers answers;

	private CuttingProxy proxy;

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

	@BeforeEach
	void openPage() throws IOException {
		this.answers.seen.clear();
		this.proxy = new CuttingProxy(this.port);
		browser.size(1100, 900);
		browser.open("http://localhost:" + this.proxy.port() + "/");
	}

	@AfterEach
	void closePage() throws IOException {
		browser.open("about:blank");
		this.proxy.close();
	}

	@Test
	void counterGoesOnWithTheNextNumberAfterItsConnectionIsCut() throws IOException {
		browser.run("""
				window.numbers = [];
				const counter = document.getElementById('counter');
				new MutationObserver(() => window.numbers.push(Number(counter.textContent)))
					.observe(counter, { childList: true });
				""");
		browser.waitUntil("the counter moves", () -> numbers().size() >= 2);
		assertThat(browser.text("counter-state")).isEqualTo("open");
		int before = numbers().size();
		this.proxy.cut();
		browser.waitUntil("the counter goes on", () -> numbers().size() >= before + 2);
		List<Long> numbers = numbers();
		assertThat(numbers).isEqualTo(IntStream.range(0, numbers.size()).mapToObj((i) -> numbers.get(0) + i).toList());
		assertThat(browser.text("counter-id")).isEqualTo(browser.text("counter"));
		assertThat(this.answers.to("/events/counter")).hasSizeGreaterThan(1).containsOnly(200);
	}

	@Test
	void stateOfTheConnectionIsShown() throws IOException {
		browser.waitUntil("the counter is open", () -> browser.text("counter-state").equals("open"));
		this.proxy.close();
		browser.waitUntil("the counter is connecting", () -> browser.text("counter-state").equals("connecting"));
	}

	@Test
	void tokensArriveByteForByteAndTheFinishedStreamIsAskedForOnceMoreOnly() {
		String answer = WebClient.create("http://localhost:" + this.port)
			.get()
			.uri("/tokens")
			.retrieve()
			.bodyToMono(String.class)
			.block();
		browser.waitUntil("the stream of tokens is finished", () -> browser.text("tokens-state").equals("closed"));
		assertThat(browser.text("tokens")).isEqualTo(answer).contains("\n\nevery space and", "\n    - deeper", "👋");
		assertThat(this.answers.to("/events/tokens")).containsExactly(200, 204);
		browser.screenshot("demo");
		browser.size(390, 1400);
		browser.screenshot("demo-phone");
	}

	@Test
	void answerCanBeAskedForAgain() {
		browser.waitUntil("the stream of tokens is finished", () -> browser.text("tokens-state").equals("closed"));
		String first = browser.text("tokens");
		browser.click("tokens-again");
		browser.waitUntil("the second answer is there", () -> this.answers.to("/events/tokens").size() == 4);
		browser.waitUntil("the second answer is finished", () -> browser.text("tokens-state").equals("closed"));
		assertThat(browser.text("tokens")).isEqualTo(first);
	}

	@SuppressWarnings("unchecked")
	private static List<Long> numbers() {
		return (List<Long>) browser.run("return window.numbers");
	}

	/**
	 * Records the status of every response, in order.
	 */
	static class Answers {

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		List<Integer> to(String path) {
			return this.seen.stream()
				.filter((answer) -> answer.startsWith(path + " "))
				.map((answer) -> Integer.valueOf(answer.substring(path.length() + 1)))
				.toList();
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class AnswersConfiguration {

		@Bean
		Answers answers() {
			return new Answers();
		}

		@Bean
		WebFilter recordAnswers(Answers answers) {
			return (exchange, chain) -> {
				exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> {
					HttpStatusCode status = exchange.getResponse().getStatusCode();
					answers.seen
						.add(exchange.getRequest().getPath().value() + " " + ((status != null) ? status.value() : 200));
				}));
				return chain.filter(exchange);
			};
		}

	}

}
