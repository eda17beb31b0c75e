package io.github.sse4spring.autoconfigure;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.metrics.SseMetricsConfiguration;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the observation of publishing. It needs an observation registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ObservationAutoConfiguration.class, SseAutoConfiguration.class })
@ConditionalOnClass({ ObservationRegistry.class, ObservationAutoConfiguration.class })
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "sse.enabled", matchIfMissing = true)
public final class SseObservationAutoConfiguration {

	private SseObservationAutoConfiguration() {
	}

	@Bean
	static BeanPostProcessor sseHubObservations(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<SseProperties> properties, ConfigurableListableBeanFactory beans) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				return (bean instanceof SseHub hub && isDeclaredAsHub(beanName)) ? SseMetricsConfiguration.observe(hub,
						registry.getObject(), properties.getObject().metrics().topics()) : bean;
			}

			/**
			 * A hub bean that is declared with its own type is not wrapped, since the
			 * wrapper could not be injected by that type.
			 */
			private boolean isDeclaredAsHub(String beanName) {
				return beans.containsBeanDefinition(beanName)
						&& beans.getMergedBeanDefinition(beanName).getResolvableType().toClass() == SseHub.class;
			}

		};
	}

}
