package io.github.sse4spring.webflux;

/**
 * Event streams on Reactor Netty.
 */
class NettyEventStreamTests extends AbstractEventStreamTests {

	NettyEventStreamTests() {
		super(NettyServer.class);
	}

}
