package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.webflux.SseHiddenEventsException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Describes an {@link SseHiddenEventsException} and the possible remedies.
 */
final class HiddenEventsFailureAnalyzer extends AbstractFailureAnalyzer<SseHiddenEventsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SseHiddenEventsException cause) {
		return new FailureAnalysis(cause.getMessage() + ". Its events would be written as JSON, without their data.",
				"""
						Do one of these:

						- for an event stream declare Flux<SseEvent>, Mono<SseEvent> or SseEvent, or one of them in ResponseEntity;
						- for JSON return the values themselves, without SseEvent.""",
				cause);
	}

}
