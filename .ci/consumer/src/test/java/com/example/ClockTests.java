package com.example;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ClockTests {

	@LocalServerPort
	private int port;

	@Test
	void clockTicks() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/clock")).build();
		HttpResponse<Stream<String>> response = HttpClient.newHttpClient()
			.send(request, HttpResponse.BodyHandlers.ofLines());
		assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream;charset=UTF-8");
		try (Stream<String> lines = response.body()) {
			assertThat(lines.filter((line) -> line.startsWith("data")).findFirst()).contains("data:{\"second\":0}");
		}
	}

}
