package io.github.sse4spring.webflux;

import java.time.Duration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Reactor Netty with its own event loops, which stop with the application.
 */
@Configuration(proxyBeanMethods = false)
class NettyServer {

	@Bean
	ReactorResourceFactory resources() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setShutdownQuietPeriod(Duration.ZERO);
		return resources;
	}

	@Bean
	NettyReactiveWebServerFactory server(ReactorResourceFactory resources,
			ObjectProvider<NettyServerCustomizer> customizers) {
		NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
		factory.setResourceFactory(resources);
		customizers.forEach(factory::addServerCustomizers);
		return factory;
	}

}
