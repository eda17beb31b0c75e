package io.github.sse4spring.webflux;

import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The streams on Tomcat, as seen by a client.
 */
class TomcatEventStreamTests extends AbstractEventStreamTests {

	TomcatEventStreamTests() {
		super(TomcatServer.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class TomcatServer {

		@Bean
		TomcatReactiveWebServerFactory server() {
			return new TomcatReactiveWebServerFactory();
		}

	}

}
