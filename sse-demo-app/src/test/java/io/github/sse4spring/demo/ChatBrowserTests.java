package io.github.sse4spring.demo;

import java.io.IOException;
import java.net.ServerSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two tabs that chat, before and after a restart of the server.
 */
@Timeout(120)
class ChatBrowserTests {

	private Browser browser;

	private ConfigurableApplicationContext server;

	private int port;

	@BeforeEach
	void start() throws IOException {
		this.browser = Browser.start();
		try (ServerSocket free = new ServerSocket(0)) {
			this.port = free.getLocalPort();
		}
		startServer();
	}

	@AfterEach
	void stop() {
		if (this.browser != null) {
			this.browser.close();
			this.server.close();
		}
	}

	@Test
	void twoTabsChatAndAreToldOfTheGapAfterARestart() {
		this.browser.size(1100, 1800);
		this.browser.open(url());
		String first = this.browser.tab();
		awaitOpen();
		say("Ada", "hello");
		this.browser.waitUntil("the first tab has the line", () -> chat().contains("Adahello"));

		String second = this.browser.openTab(url());
		this.browser.waitUntil("the late joiner has the last lines", () -> chat().contains("Adahello"));
		say("Ben", "<b>hi</b>");
		this.browser.waitUntil("the second tab has its line", () -> chat().contains("Ben<b>hi</b>"));
		this.browser.goTo(first);
		this.browser.waitUntil("the first tab has it too", () -> chat().contains("Ben<b>hi</b>"));
		this.browser.type("notify-text", "lunch");
		this.browser.click("notify-text");
		this.browser.run("document.getElementById('notify-form').requestSubmit()");
		this.browser.waitUntil("the notification is there", () -> this.browser.text("notifications").contains("lunch"));
		assertThat(gap()).isEmpty();

		this.server.close();
		this.browser.type("chat-text", "unheard");
		this.browser.run("document.getElementById('chat-form').requestSubmit()");
		this.browser.waitUntil("it is said that nobody heard", () -> notTaken(true));
		this.browser.run("document.getElementById('chat-text').value = ''");
		startServer();
		awaitGap();
		this.browser.screenshot("chat");
		this.browser.goTo(second);
		awaitGap();
		say("Ben", "again");
		this.browser.goTo(first);
		this.browser.waitUntil("the chat goes on", () -> chat().endsWith("Benagain"));
		assertThat(chat()).isEqualTo("AdahelloBen<b>hi</b>Benagain");
	}

	private void awaitOpen() {
		this.browser.waitUntil("the stream is open", () -> this.browser.text("live-state").equals("open"));
	}

	private void awaitGap() {
		this.browser.waitUntil("the gap is shown", () -> gap().contains("the server was restarted"));
		awaitOpen();
	}

	private void say(String name, String text) {
		awaitOpen();
		this.browser.run("document.getElementById('chat-name').value = ''");
		this.browser.type("chat-name", name);
		this.browser.type("chat-text", text);
		this.browser.run("document.getElementById('chat-form').requestSubmit()");
		this.browser.waitUntil("the line has left",
				() -> this.browser.run("return document.getElementById('chat-text').value").equals("")
						&& notTaken(false));
	}

	private boolean notTaken(boolean shown) {
		return Boolean.valueOf(!shown)
			.equals(this.browser.run("return document.getElementById('chat-form-problem').hidden"));
	}

	private String chat() {
		return this.browser.text("chat");
	}

	private String gap() {
		return this.browser.text("live-gap");
	}

	private String url() {
		return "http://localhost:" + this.port + "/";
	}

	private void startServer() {
		this.server = new SpringApplicationBuilder(DemoApplication.class).run("--server.port=" + this.port);
	}

}
