package io.github.sse4spring.webflux;

import java.io.IOException;

import io.github.sse4spring.stream.SseClientKeyResolver;
import io.github.sse4spring.testsupport.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ClientKeyLogTests {

	@Test
	void controlCharactersOfAClientKeyAreEscapedInTheWarningOfARefusal(CapturedOutput output) throws IOException {
		try (ConfigurableApplicationContext context = StreamApplication.run(NettyServer.class, Keys.class,
				"sse.limits.max-connections-per-client=1");
				RawClient first = RawClient.get(StreamApplication.port(context), "/endless");
				RawClient second = RawClient.get(StreamApplication.port(context), "/endless")) {
			assertThat(first.readUntil("data:first\n\n")).isNotEmpty();
			assertThat(second.readToEnd()).startsWith(":refused: max-connections-per-client\n");
		}
		// The character set of the console determines how the letter between the two is
		// shown.
		assertThat(output).contains("are open for client 'a\\u0009b\\u000A2026 \\u001B[31m", "\\u0085' (this warning")
			.doesNotContain("\\u00E9");
	}

	@Configuration(proxyBeanMethods = false)
	static class Keys {

		@Bean
		SseClientKeyResolver clientKeys() {
			return (exchange) -> Mono.just("a\tb\n2026 \u001B[31mé\u0085");
		}

	}

}
