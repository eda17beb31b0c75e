package io.github.sse4spring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configuration for servlet applications, which do not support event streams. An
 * application whose handler methods return events fails at start.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(RequestMappingHandlerMapping.class)
@ConditionalOnBooleanProperty(name = "sse.enabled", matchIfMissing = true)
public final class SseServletAutoConfiguration {

	@Bean
	@Lazy(false)
	SmartInitializingSingleton sseServletGuard(ObjectProvider<RequestMappingHandlerMapping> mappings) {
		return () -> mappings.stream()
			.flatMap((mapping) -> mapping.getHandlerMethods().values().stream())
			.forEach(EventsInServletApplicationException::throwIfReturnsEvents);
	}

}
