package io.github.sse4spring.autoconfigure;

import java.util.List;

import io.github.sse4spring.SseEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class SseServletAutoConfigurationTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SseAutoConfiguration.class, SseServletAutoConfiguration.class,
				SseWebFluxAutoConfiguration.class, WebMvcAutoConfiguration.class,
				DispatcherServletAutoConfiguration.class));

	@Test
	void handlerMethodThatReturnsEventsFailsTheStartNamingTheMethod() {
		this.runner.withUserConfiguration(EventsController.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(EventsInServletApplicationException.class)
				.hasMessageContaining("EventsController#events"));
	}

	@Test
	void wrappedEventsFailTheStartToo() {
		this.runner.withUserConfiguration(WrappedEventsController.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(EventsInServletApplicationException.class)
				.hasMessageContaining("WrappedEventsController#events"));
	}

	@Test
	void handlerMethodFailsTheStartWithLazyInitializationToo() {
		this.runner.withUserConfiguration(EventsController.class)
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor(new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context).getFailure().isInstanceOf(EventsInServletApplicationException.class));
	}

	@Test
	void otherHandlerMethodsAreFine() {
		this.runner.withUserConfiguration(OtherController.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void disabledStarterIsFine() {
		this.runner.withUserConfiguration(EventsController.class)
			.withPropertyValues("sse.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void startReportNamesTheMethodAndTheRemedies(CapturedOutput output) {
		SpringApplication application = new SpringApplication(ServletApplication.class, EventsController.class);
		application.setWebApplicationType(WebApplicationType.SERVLET);
		assertThatException().isThrownBy(() -> application.run("--server.port=0"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("EventsController#events")
			.contains("Event streams need Spring WebFlux")
			.contains("remove spring-boot-starter-webmvc")
			.contains("spring.main.web-application-type=reactive")
			.contains("SseEmitter");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ServletApplication {

	}

	@RestController
	static class EventsController {

		@GetMapping("/events")
		Flux<SseEvent> events() {
			return Flux.empty();
		}

	}

	@RestController
	static class WrappedEventsController {

		@GetMapping("/events")
		ResponseEntity<Flux<SseEvent>> events() {
			return ResponseEntity.ok(Flux.empty());
		}

	}

	static class Self<T extends Self<? extends T>> {

	}

	@RestController
	static class OtherController {

		@GetMapping("/list")
		List<String> list() {
			return List.of();
		}

		@GetMapping("/self")
		@SuppressWarnings("rawtypes")
		Self self() {
			return new Self<>();
		}

	}

}
