package io.github.sse4spring.webflux;

/**
 * Events that no signature shows, on Reactor Netty.
 */
class HiddenEventsOnNettyTests extends AbstractHiddenEventsTests {

	HiddenEventsOnNettyTests() {
		super(NettyServer.class);
	}

}
