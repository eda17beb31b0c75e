package io.github.sse4spring.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The servers of the {@link FanOut} that run on the JVM. Each serves its streams at
 * {@code /events} and publishes on a request to {@code /publish}.
 */
public final class FanOutServer {

	/** Tomcat is on the class path only for Spring MVC. */
	static final String NETTY = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration";

	private FanOutServer() {
	}

	/**
	 * Start the server, and print the port.
	 * @param args the name of the server
	 * @throws Exception if it does not start
	 */
	public static void main(String[] args) throws Exception {
		switch (args[0]) {
			case "hub" -> run(HubServers.Plain.class, "reactive");
			case "hub-operators" -> run(HubServers.WithOperators.class, "reactive");
			case "hub-not-fused" -> run(HubServers.NotFused.class, "reactive");
			case "hub-metered" -> run(HubServers.WithMeters.class, "reactive");
			case "hub-close" -> run(HubServers.Plain.class, "reactive", "sse.stream.framing=close");
			case "sinks" -> run(SinkServer.class, "reactive");
			case "emitters" -> run(EmitterServer.class, "servlet");
			case "eventbus" -> run(EventBusServer.class, "servlet");
			case "netty" -> NettyFanOutServer.run(true, Duration.ZERO);
			case "netty-close" -> NettyFanOutServer.run(false, Duration.ZERO);
			case "netty-keep-alive" -> NettyFanOutServer.run(true, MemoryServer.INTERVAL);
			default -> throw new IllegalArgumentException("Unknown server " + args[0]);
		}
	}

	/** Run an application of this type on a free port, and print the port. */
	static ConfigurableApplicationContext run(Class<?> server, String type, String... properties) {
		List<String> all = new ArrayList<>(List.of(NETTY, "server.port=0", "spring.main.web-application-type=" + type,
				"spring.main.banner-mode=off", "logging.level.root=warn", "sse.limits.max-connections=20000",
				"spring.main.lazy-initialization=false", "server.tomcat.max-connections=20000"));
		all.addAll(List.of(properties));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(server)
			.properties(all.toArray(String[]::new))
			.run();
		System.out.println("port " + ((WebServerApplicationContext) context).getWebServer().getPort());
		return context;
	}

}
