package io.github.sse4spring.autoconfigure;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Logs one warning when a WebFlux application has started on Tomcat or Jetty. Spring's
 * adapter for servlet containers may touch a response after its container has reused the
 * response for another request.
 */
final class ServletServerWarning implements ApplicationListener<ReactiveWebServerInitializedEvent> {

	private static final Log logger = LogFactory.getLog(ServletServerWarning.class);

	private static final String WARNING = "WebFlux runs on %s. When clients reset event streams there, answers to other"
			+ " requests may be lost or cut, since Spring's adapter may touch a response that %1$s already uses for another"
			+ " request. Use Reactor Netty: spring-boot-starter-reactor-netty without spring-boot-starter-%s.";

	/** The servers are named, since their classes may not be on the class path. */
	private static final Map<String, String> WARNINGS = Map.of("org.springframework.boot.tomcat.TomcatWebServer",
			WARNING.formatted("Tomcat", "tomcat") + " If that is not possible, set server.tomcat.processor-cache=0.",
			"org.springframework.boot.jetty.JettyWebServer", WARNING.formatted("Jetty", "jetty"));

	private final AtomicBoolean warned = new AtomicBoolean();

	@Override
	public void onApplicationEvent(ReactiveWebServerInitializedEvent event) {
		String warning = WARNINGS.get(event.getWebServer().getClass().getName());
		if (warning != null && this.warned.compareAndSet(false, true)) {
			logger.warn(warning);
		}
	}

}
