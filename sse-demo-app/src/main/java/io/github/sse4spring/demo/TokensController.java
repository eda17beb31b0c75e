package io.github.sse4spring.demo;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseEvent;
import reactor.core.publisher.Flux;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams an answer token by token, like a language model. Most tokens begin with a
 * space, and some are a line break. The stream ends with the answer, and the browser does
 * not reconnect.
 */
@RestController
class TokensController {

	private static final List<String> TOKENS = List.of("Dear", " reader", ",", "\n\n", "every", " space", " and",
			" every", "\n", "line", " break", " of", " this", " answer", " arrives", ":", "\n", "  -", " indented",
			"\n", "    -", " deeper", "\n", "- héllo", ",", " wörld", " 👋", "\n\n", "Yours", ",", "\n", "the",
			" stream", ".");

	@GetMapping("/events/tokens")
	Flux<SseEvent> tokens() {
		return Flux.fromIterable(TOKENS).delayElements(Duration.ofMillis(60)).map(SseEvent::text);
	}

	/** Return the whole answer at once, for comparison. */
	@GetMapping("/tokens")
	String answer() {
		return String.join("", TOKENS);
	}

}
