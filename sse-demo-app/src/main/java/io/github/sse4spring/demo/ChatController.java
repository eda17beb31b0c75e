package io.github.sse4spring.demo;

import java.time.Instant;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import reactor.core.publisher.Flux;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * A chat room and notifications. Each tab uses one stream for both, since a browser opens
 * at most six connections to a host. A client that joins receives the newest lines. A
 * client that reconnects receives the lines that it missed.
 */
@RestController
class ChatController {

	private static final int MAX_LENGTH = 500;

	private final SseHub hub;

	ChatController(SseHub hub) {
		this.hub = hub;
	}

	@GetMapping("/events/live")
	Flux<SseEvent> live() {
		return this.hub.subscribe(SseSubscription.to("chat", "notifications").last(20));
	}

	@PostMapping("/chat")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void chat(@RequestBody Line line) {
		check(line.name());
		check(line.text());
		this.hub.publish("chat", SseEvent.json(line).withName("chat"));
	}

	@PostMapping("/notifications")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void notifyAll(@RequestBody Notice notice) {
		check(notice.text());
		Notification notification = new Notification(notice.text(), Instant.now());
		this.hub.publish("notifications", SseEvent.json(notification).withName("notification"));
	}

	private static void check(String text) {
		if (text == null || text.isBlank() || text.length() > MAX_LENGTH) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"a text must have 1 to %d characters".formatted(MAX_LENGTH));
		}
	}

	record Line(String name, String text) {

	}

	record Notice(String text) {

	}

	record Notification(String text, Instant at) {

	}

}
