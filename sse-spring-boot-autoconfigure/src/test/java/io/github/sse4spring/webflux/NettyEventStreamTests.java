package io.github.sse4spring.webflux;

/**
 * The streams on Reactor Netty, as seen by a client.
 */
class NettyEventStreamTests extends AbstractEventStreamTests {

	NettyEventStreamTests() {
		super(NettyServer.class);
	}

}
