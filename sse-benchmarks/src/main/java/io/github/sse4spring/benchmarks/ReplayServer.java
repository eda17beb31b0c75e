package io.github.sse4spring.benchmarks;

import java.util.concurrent.atomic.AtomicLong;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseSubscription;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The server of the {@link Replay}. It publishes the events before any client connects,
 * and counts the flushes of Netty.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class ReplayServer {

	static final int EVENTS = 256;

	private final Sinks.Many<ServerSentEvent<String>> sink = Sinks.many().replay().limit(EVENTS);

	private final SseHub hub;

	private final Counting counting;

	ReplayServer(SseHub hub, Counting counting) {
		this.hub = hub;
		this.counting = counting;
		for (int i = 0; i < EVENTS; i++) {
			String text = Payload.TEXT.text(i);
			hub.publish("news", SseEvent.text(text));
			this.sink.tryEmitNext(ServerSentEvent.<String>builder().id(Payload.digits(i)).data(text).build());
		}
	}

	/**
	 * Start the server, and print the port.
	 * @param args none
	 */
	public static void main(String[] args) {
		FanOutServer.run(ReplayServer.class, "reactive");
	}

	@GetMapping("/hub")
	Flux<SseEvent> hub() {
		return this.hub.subscribe(SseSubscription.to("news").earliest());
	}

	@GetMapping("/sinks")
	Flux<ServerSentEvent<String>> sink() {
		return this.sink.asFlux();
	}

	/** Return the number of flushes of the newest connection. */
	@GetMapping("/flushes")
	String flushes() {
		return Long.toString(this.counting.latest.flushes.get());
	}

	/**
	 * Counts the flushes of each connection.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Counting implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

		private volatile Counter latest = new Counter();

		@Override
		public void customize(NettyReactiveWebServerFactory factory) {
			factory.addServerCustomizers((server) -> server.doOnChannelInit((observer, channel, address) -> {
				this.latest = new Counter();
				channel.pipeline().addFirst(this.latest);
			}));
		}

	}

	private static final class Counter extends ChannelOutboundHandlerAdapter {

		private final AtomicLong flushes = new AtomicLong();

		@Override
		public void flush(ChannelHandlerContext context) {
			this.flushes.incrementAndGet();
			context.flush();
		}

	}

}
