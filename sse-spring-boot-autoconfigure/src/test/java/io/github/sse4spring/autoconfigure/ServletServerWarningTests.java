package io.github.sse4spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ServletServerWarningTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory | Tomcat | \
			without spring-boot-starter-tomcat. If that is not possible, set server.tomcat.processor-cache=0.
			org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory | Jetty | \
			without spring-boot-starter-jetty.
			""")
	void webFluxOnAServletContainerLogsOneWarningThatNamesTheCure(Class<ReactiveWebServerFactory> server, String name,
			String cure, CapturedOutput output) {
		start(server);
		assertThat(output.toString().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("WebFlux runs on " + name + ".")
			.contains("that " + name + " already uses for another request.")
			.endsWith("Use Reactor Netty: spring-boot-starter-reactor-netty " + cure);
	}

	@Test
	void reactorNettyLogsNoWarning(CapturedOutput output) {
		start(NettyReactiveWebServerFactory.class);
		assertThat(output).doesNotContain("WARN");
	}

	private static <T extends ReactiveWebServerFactory> void start(Class<T> server) {
		new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "spring.main.web-application-type=reactive", "spring.main.banner-mode=off")
			.initializers((context) -> ((GenericApplicationContext) context).registerBean(server))
			.run()
			.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
