package io.github.sse4spring.webflux;

import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Events hidden behind a declared type, on Tomcat.
 */
class HiddenEventsOnTomcatTests extends AbstractHiddenEventsTests {

	HiddenEventsOnTomcatTests() {
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
