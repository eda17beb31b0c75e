package io.github.sse4spring.demo;

import java.time.Duration;
import java.util.List;

import io.github.sse4spring.SseEvent;
import reactor.core.publisher.Flux;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Writes an answer token by token, as a language model does: most tokens begin with a
 * space, some are a line break. The stream ends with the answer, and the browser does not
 * ask for it again.
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

	/** The answer at once, to compare with. */
	@GetMapping("/tokens")
	String answer() {
		return String.join("", TOKENS);
	}

}
