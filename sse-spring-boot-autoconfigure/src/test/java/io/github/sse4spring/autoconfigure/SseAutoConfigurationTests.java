package io.github.sse4spring.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubClosedException;
import io.github.sse4spring.SseHubListener;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.codec.SseEventDecoder;
import io.github.sse4spring.codec.SseEventEncoder;
import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.hub.SseHubBuilderCustomizer;
import io.github.sse4spring.stream.SseClientKeyResolver;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ClientCodecConfigurer;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class SseAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(SseAutoConfiguration.class,
			SseServletAutoConfiguration.class, SseWebFluxAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, CodecsAutoConfiguration.class,
				HttpHandlerAutoConfiguration.class, WebFluxAutoConfiguration.class));

	private final ApplicationContextRunner plain = new ApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	@Test
	void webFluxApplicationHasCodecsAndStreams() {
		this.reactive.run((context) -> assertThat(context).hasSingleBean(SseEventEncoder.class)
			.hasSingleBean(SseEventDecoder.class)
			.hasSingleBean(SseStreams.class)
			.hasBean("sseEventResultHandler")
			.hasBean("sseStreamsLifecycle"));
	}

	@Test
	void plainApplicationHasCodecsOnly() {
		this.plain.run((context) -> assertThat(context).hasSingleBean(SseEventEncoder.class)
			.hasSingleBean(SseEventDecoder.class)
			.doesNotHaveBean(SseStreams.class));
	}

	@Test
	void servletApplicationHasCodecsOnly() {
		new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SseEventEncoder.class)
				.doesNotHaveBean(SseStreams.class));
	}

	@Test
	void applicationWithoutWebFluxOnTheClassPathStarts() {
		this.plain
			.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive",
					"org.springframework.web.servlet", "org.springframework.boot.http.codec", "reactor.netty"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SseEventEncoder.class));
	}

	@Test
	void nothingIsConfiguredWhenDisabled() {
		this.reactive.withPropertyValues("sse.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SseEventEncoder.class)
				.doesNotHaveBean(SseStreams.class)
				.doesNotHaveBean("sseEventResultHandler"));
	}

	@Test
	void startsWithoutAJsonMapper() {
		this.plain.run((context) -> {
			assertThat(context).doesNotHaveBean(JsonMapper.class);
			assertThat(encode(context.getBean(SseEventEncoder.class), SseEvent.json(new Order(1))))
				.isEqualTo("data:{\"orderNumber\":1}\n\n");
		});
	}

	@Test
	void jsonMapperOfTheApplicationWritesAndReads() {
		this.plain.withUserConfiguration(SnakeCase.class).run((context) -> {
			assertThat(encode(context.getBean(SseEventEncoder.class), SseEvent.json(new Order(1))))
				.isEqualTo("data:{\"order_number\":1}\n\n");
			assertThat(context.getBean(SseEventDecoder.class).read(SseEvent.text("{\"order_number\":2}"), Order.class))
				.isEqualTo(new Order(2));
		});
	}

	@Test
	void jsonMapperOfBootRefusesEventsAndHasTheModulesOfTheApplicationToo() {
		SimpleModule own = new SimpleModule("own").addSerializer(Order.class, ToStringSerializer.instance);
		this.reactive.withBean("ownModule", SimpleModule.class, () -> own).run((context) -> {
			JsonMapper mapper = context.getBean(JsonMapper.class);
			assertThatExceptionOfType(JacksonException.class)
				.isThrownBy(() -> mapper.writeValueAsString(List.of(SseEvent.text("x"))))
				.withMessageContaining("declare Flux<SseEvent>");
			assertThat(encode(context.getBean(SseEventEncoder.class), SseEvent.json(new Order(1))))
				.isEqualTo("data:\"Order[orderNumber=1]\"\n\n");
		});
	}

	@Test
	void jsonMapperThatTheApplicationBuildsRefusesEventsAndIsOtherwiseUnchanged() {
		this.plain.withUserConfiguration(SnakeCase.class).run((context) -> {
			JsonMapper mapper = context.getBean(JsonMapper.class);
			assertThatExceptionOfType(JacksonException.class)
				.isThrownBy(() -> mapper.writeValueAsString(List.of(SseEvent.text("x"))))
				.withMessageContaining("declare Flux<SseEvent>");
			assertThat(mapper.writeValueAsString(new Order(1))).isEqualTo("{\"order_number\":1}");
		});
	}

	@Test
	void jsonMapperOfASubclassIsUnchanged() {
		OwnMapper own = new OwnMapper();
		this.plain.withBean(OwnMapper.class, () -> own)
			.run((context) -> assertThat(context.getBean(OwnMapper.class)).isSameAs(own));
	}

	@Test
	void guardOfTheJsonMappersCreatesNoOtherBeanEarly(CapturedOutput output) {
		this.reactive.run((context) -> assertThat(context).hasBean("sseEventGuard"));
		assertThat(output).doesNotContain("not eligible for getting processed");
	}

	@Test
	void mapperFromTheBuilderOfBootRefusesEvents() {
		this.reactive.run((context) -> {
			JsonMapper mapper = context.getBean(JsonMapper.Builder.class).build();
			assertThatExceptionOfType(JacksonException.class)
				.isThrownBy(() -> mapper.writeValueAsString(SseEvent.text("x")));
		});
	}

	@Test
	void everyKindOfApplicationHasAHubThatIsClosedWithIt() {
		AtomicReference<SseHub> hub = new AtomicReference<>();
		this.plain.run((context) -> hub.set(context.getBean(SseHub.class)));
		assertThatExceptionOfType(SseHubClosedException.class)
			.isThrownBy(() -> hub.get().publish(SseEvent.text("late")));
		this.reactive.run((context) -> assertThat(context).hasSingleBean(SseHub.class));
	}

	@Test
	void hubHasTheBoundsOfTheProperties() {
		this.plain.withPropertyValues("sse.hub.max-event-size=100B", "sse.hub.replay-size=2", "sse.hub.buffer-size=1")
			.run((context) -> {
				SseHub hub = context.getBean(SseHub.class);
				assertThatExceptionOfType(SseEventTooLargeException.class)
					.isThrownBy(() -> hub.publish(SseEvent.text("x".repeat(100))));
				for (int i = 0; i < 5; i++) {
					hub.publish(SseEvent.text("x"));
				}
				assertThat(hub.snapshot().topics().get(0).retained()).isEqualTo(2);
			});
	}

	@Test
	void topicOfAGroupRetainsWhatTheGroupSaysAndOthersWhatTheHubSays() {
		this.plain
			.withPropertyValues("sse.hub.replay-size=2", "sse.hub.buffer-size=1", "sse.hub.topics[0].pattern=job:*",
					"sse.hub.topics[0].replay-size=4")
			.run((context) -> assertThat(retainedOfFive(context.getBean(SseHub.class), "job:1", "news"))
				.containsExactly(4, 2));
	}

	@Test
	void customizerMayAddAGroupOfTopics() {
		this.plain.withPropertyValues("sse.hub.replay-size=2", "sse.hub.buffer-size=1")
			.withBean(SseHubBuilderCustomizer.class, () -> (hub) -> hub.topics("job:*", (jobs) -> jobs.replaySize(4)))
			.run((context) -> assertThat(retainedOfFive(context.getBean(SseHub.class), "job:1", "news"))
				.containsExactly(4, 2));
	}

	private static List<Integer> retainedOfFive(SseHub hub, String... topics) {
		for (int i = 0; i < 5; i++) {
			Stream.of(topics).forEach((topic) -> hub.publish(topic, SseEvent.text("x")));
		}
		return Stream.of(topics)
			.flatMap((topic) -> hub.snapshot().topics().stream().filter((each) -> each.name().equals(topic)))
			.map(SseHubSnapshot.Topic::retained)
			.toList();
	}

	@Test
	void listenersAndCustomizersAreUsed() {
		this.plain.withUserConfiguration(Listening.class).run((context) -> {
			SseHub hub = context.getBean(SseHub.class);
			String id = hub.publish("a", SseEvent.text("x")).stored().block(Duration.ofSeconds(1));
			hub.publish("a", SseEvent.text("y"));
			assertThat(context.getBean(Listening.class).published).startsWith("a " + id).hasSize(2);
			assertThat(hub.snapshot().topics().get(0).retained()).isEqualTo(1);
		});
	}

	@Test
	void hubOfTheApplicationIsUsed() {
		SseHub own = SseHubBuilder.create().build();
		this.plain.withBean(SseHub.class, () -> own)
			.run((context) -> assertThat(context).getBean(SseHub.class).isSameAs(own));
	}

	@Test
	void encoderOfTheApplicationIsUsed() {
		this.plain.withUserConfiguration(OwnEncoder.class)
			.run((context) -> assertThat(context).hasSingleBean(SseEventEncoder.class)
				.getBean(SseEventEncoder.class)
				.isSameAs(context.getBean("ownEncoder")));
	}

	@Test
	void spaceAfterColonIsWrittenIfThePropertySaysSo() {
		this.plain.withPropertyValues("sse.stream.space-after-colon=true")
			.run((context) -> assertThat(encode(context.getBean(SseEventEncoder.class), SseEvent.text("a")))
				.isEqualTo("data: a\n\n"));
	}

	@Test
	void clientsOfBootReadEvents() {
		this.reactive.run((context) -> {
			ClientCodecConfigurer codecs = ClientCodecConfigurer.create();
			context.getBeansOfType(CodecCustomizer.class)
				.values()
				.forEach((customizer) -> customizer.customize(codecs));
			assertThat(codecs.getReaders()
				.get(0)
				.canRead(ResolvableType.forClass(SseEvent.class), MediaType.TEXT_EVENT_STREAM)).isTrue();
		});
	}

	@Test
	void enableWebFluxKeepsTheStreams() {
		this.reactive.withUserConfiguration(WithEnableWebFlux.class)
			.run((context) -> assertThat(context.getBean(ResponseEntityResultHandler.class).getMessageWriters())
				.anyMatch((writer) -> writer.canWrite(ResolvableType.forClass(SseEvent.class),
						MediaType.TEXT_EVENT_STREAM)));
	}

	@Test
	void resultHandlerStandsBetweenResponseEntityAndResponseBody() {
		this.reactive.run((context) -> assertThat(context.getBean("sseEventResultHandler", Ordered.class).getOrder())
			.isEqualTo(50));
	}

	@Test
	void openStreamsAreABean() {
		this.reactive.run((context) -> assertThat(context.getBean(SseConnections.class).list()).isEmpty());
	}

	@Test
	void clientKeyResolverOfTheApplicationReplacesTheDefault() {
		SseClientKeyResolver own = (exchange) -> Mono.just("one for all");
		this.reactive.withBean(SseClientKeyResolver.class, () -> own)
			.run((context) -> assertThat(context.getBean(SseClientKeyResolver.class)).isSameAs(own));
	}

	@Test
	void streamsEndBeforeTheWebServerWaitsAndAfterOtherBeansStop() {
		this.reactive.run((context) -> {
			SmartLifecycle drain = context.getBean("sseStreamsLifecycle", SmartLifecycle.class);
			assertThat(drain.getPhase()).isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
				.isLessThan(SmartLifecycle.DEFAULT_PHASE - 100);
			assertThat(drain.isPauseable()).isFalse();
			assertThat(drain.isRunning()).isTrue();
		});
	}

	private static String encode(SseEventEncoder encoder, SseEvent event) {
		return new String(encoder.encode(event), StandardCharsets.UTF_8);
	}

	record Order(int orderNumber) {

	}

	@Configuration(proxyBeanMethods = false)
	static class SnakeCase {

		@Bean
		JsonMapper jsonMapper() {
			return JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
		}

	}

	static final class OwnMapper extends JsonMapper {

		private static final long serialVersionUID = 1L;

	}

	@Configuration(proxyBeanMethods = false)
	static class Listening implements SseHubListener {

		private final List<String> published = new ArrayList<>();

		@Override
		public void onPublish(String topic, String id) {
			this.published.add(topic + " " + id);
		}

		@Bean
		SseHubBuilderCustomizer retainOne() {
			return (builder) -> builder.replaySize(1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEncoder {

		@Bean
		SseEventEncoder ownEncoder() {
			return new SseEventEncoder(JsonMapper.shared());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebFlux
	static class WithEnableWebFlux {

	}

}
