package io.github.sse4spring.webflux;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Reactor Netty with event loops of its own, which end with its application.
 */
@Configuration(proxyBeanMethods = false)
class NettyServer {

	@Bean
	ReactorResourceFactory resources() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		return resources;
	}

	@Bean
	NettyReactiveWebServerFactory server(ReactorResourceFactory resources) {
		NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
		factory.setResourceFactory(resources);
		return factory;
	}

}
