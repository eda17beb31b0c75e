package io.github.sse4spring.webflux;

/**
 * Events hidden behind a declared type, on Reactor Netty.
 */
class HiddenEventsOnNettyTests extends AbstractHiddenEventsTests {

	HiddenEventsOnNettyTests() {
		super(NettyServer.class);
	}

}
