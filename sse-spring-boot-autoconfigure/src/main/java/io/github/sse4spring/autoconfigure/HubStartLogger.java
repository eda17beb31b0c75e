package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.hub.SseHubBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.unit.DataSize;

/**
 * Logs the bounds of the auto-configured hub and the keep-alive once, when the
 * application starts. The line shows the values of the properties, which an
 * {@code SseHubBuilderCustomizer} may override.
 */
final class HubStartLogger implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(HubStartLogger.class);

	private final SseProperties properties;

	HubStartLogger(SseProperties properties) {
		this.properties = properties;
	}

	@Override
	public void afterSingletonsInstantiated() {
		logger.info("Event streams: " + describe());
	}

	private String describe() {
		SseHubBuilder hub = new SsePropertiesMapper(this.properties).apply(SseHubBuilder.create());
		SseProperties.KeepAlive keepAlive = this.properties.keepAlive();
		return "the hub retains %d events a topic, %s in all, of %d topics at most; keep-alive %s".formatted(
				hub.replaySize(), PropertyRules.print(DataSize.ofBytes(hub.maxRetainedSize())), hub.maxTopics(),
				keepAlive.enabled() ? "after " + PropertyRules.print(keepAlive.maxInterval()) : "off");
	}

}
