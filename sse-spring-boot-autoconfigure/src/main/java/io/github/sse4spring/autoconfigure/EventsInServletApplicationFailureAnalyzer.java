package io.github.sse4spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Describes an {@link EventsInServletApplicationException} and the possible remedies.
 */
final class EventsInServletApplicationFailureAnalyzer
		extends AbstractFailureAnalyzer<EventsInServletApplicationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, EventsInServletApplicationException cause) {
		return new FailureAnalysis(
				"The handler method '%s' returns SseEvent in a servlet application. Event streams need Spring WebFlux."
					.formatted(cause.getMessage()),
				"""
						Do one of these:

						- remove spring-boot-starter-webmvc, so that the application is a WebFlux application;
						- keep both and set spring.main.web-application-type=reactive;
						- keep the servlet application and return Spring's SseEmitter from this method instead;
						- set sse.enabled=false if the starter is not meant for this application.""", cause);
	}

}
