package io.github.sse4spring.webflux;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.condition.MediaTypeExpression;
import org.springframework.web.reactive.result.condition.ProducesRequestCondition;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Lets handler methods that return events be found by clients that accept event streams,
 * whatever {@code produces} says. On a controller that declares {@code application/json}
 * for all its methods, a browser's {@code EventSource} would get 406 otherwise. A handler
 * method that declares events inside something that is not an event stream fails the
 * start.
 */
final class SseProducesPostProcessor implements BeanPostProcessor {

	private final EventStreamTypes types = new EventStreamTypes(ReactiveAdapterRegistry.getSharedInstance());

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RequestMappingHandlerMapping mapping) {
			Map.copyOf(mapping.getHandlerMethods()).forEach((info, method) -> {
				checkShowsEvents(method);
				if (returnsEvents(method) && !producesEventStream(info)) {
					mapping.unregisterMapping(info);
					mapping.registerMapping(withEventStream(info), method.getBean(), method.getMethod());
				}
			});
		}
		return bean;
	}

	private boolean returnsEvents(HandlerMethod method) {
		return this.types.answers(ResolvableType.forMethodParameter(method.getReturnType()));
	}

	/** What is not the body of a response may be anything: the model of a view. */
	private void checkShowsEvents(HandlerMethod method) {
		ResolvableType type = ResolvableType.forMethodParameter(method.getReturnType());
		if (this.types.hides(type) && (isResponseBody(method) || EventStreamTypes.hasEntity(type))) {
			throw new SseHiddenEventsException(method, type);
		}
	}

	private static boolean isResponseBody(HandlerMethod method) {
		return AnnotatedElementUtils.hasAnnotation(method.getBeanType(), ResponseBody.class)
				|| method.hasMethodAnnotation(ResponseBody.class);
	}

	private static boolean producesEventStream(RequestMappingInfo info) {
		ProducesRequestCondition produces = info.getProducesCondition();
		return produces.isEmpty() || produces.getProducibleMediaTypes()
			.stream()
			.anyMatch((type) -> type.includes(MediaType.TEXT_EVENT_STREAM));
	}

	private static RequestMappingInfo withEventStream(RequestMappingInfo info) {
		Set<MediaTypeExpression> declared = info.getProducesCondition().getExpressions();
		Stream<String> produces = declared.stream().map(Object::toString);
		return info.mutate()
			.produces(Stream.concat(produces, Stream.of(MediaType.TEXT_EVENT_STREAM_VALUE)).toArray(String[]::new))
			.build();
	}

}
