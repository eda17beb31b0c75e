package io.github.sse4spring.codec;

import io.github.sse4spring.SseEvent;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets every {@code JsonMapper} of an application fail on an {@link SseEvent} instead of
 * writing it as an object without its data. Spring would write it so for a handler with a
 * declared type, such as {@code Flux<?>}, that does not say that it returns events.
 *
 * <p>
 * A {@code JsonMapper} bean is replaced by one that is built like it, a bean that builds
 * mappers is changed. A bean of a subclass of {@code JsonMapper} is left as it is.
 */
final class SseEventGuard implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof MapperBuilder<?, ?> builder) {
			builder.addModule(new SseEventModule());
		}
		else if (bean.getClass() == JsonMapper.class) {
			return guarded((JsonMapper) bean);
		}
		return bean;
	}

	private static JsonMapper guarded(JsonMapper mapper) {
		boolean guarded = mapper.registeredModules().stream().anyMatch(SseEventModule.class::isInstance);
		return guarded ? mapper : mapper.rebuild().addModule(new SseEventModule()).build();
	}

}
