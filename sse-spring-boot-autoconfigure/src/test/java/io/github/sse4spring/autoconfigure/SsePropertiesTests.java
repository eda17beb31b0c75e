package io.github.sse4spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseEventTooLargeException;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.hub.SseHubBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class SsePropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SseAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					sse.keep-alive.max-interval | 99ms  | must be between 100 ms and 365 days
					sse.keep-alive.max-interval | 366d  | must be between 100 ms and 365 days
					sse.stream.open-delay       | 9223372036854775807s | must be between 0 and 365 days
					sse.stream.open-delay       | -1ms  | must be between 0 and 365 days
					sse.stream.retry.min        | 0     | must be between 1 ms and 365 days
					sse.stream.retry.max        | -5s   | must be between 1 ms and 365 days
					sse.stream.retry.min        | 6s    | must not be above sse.stream.retry.max, but 6 s is more than 5 s
					sse.stream.retry.max        | 500ms | must not be below sse.stream.retry.min, but 500 ms is less than 2 s
					sse.stream.retry.max        | 1500us | must not be below sse.stream.retry.min, but 1500 us is less than 2 s
					sse.hub.buffer-size         | 0     | must be 1 or more
					sse.hub.replay-size         | -1    | must be 0 or more
					sse.hub.replay-max-age      | 0     | must be between 1 ms and 365 days
					sse.hub.max-retained-size   | 0     | must be 1 B or more
					sse.hub.max-event-size      | -1B   | must be 1 B or more
					sse.hub.max-event-size      | 65MB  | must not be above sse.hub.max-retained-size, but 65 MB is more than 64 MB
					sse.hub.max-topics          | 0     | must be 1 or more
					sse.hub.topic-idle-timeout  | 0     | must be between 1 ms and 365 days
					sse.stream.max-age          | 999ms | must be between 1 s and 365 days
					sse.stream.stall-timeout    | -1ms  | must be between 0 and 365 days
					sse.stream.peer-timeout     | -90m  | must be between 0 and 365 days
					sse.limits.max-connections  | -1    | must be 0 or more
					sse.limits.max-connections-per-client | -2 | must be 0 or more
					sse.limits.refusal-retry    | 0     | must be between 1 ms and 365 days
					sse.client.path             | client.js | must begin with / and must not be a pattern
					sse.shutdown.drain-timeout  | -1s   | must be between 0 and 365 days
					""")
	void badValueStopsTheStartNamingKeyValueAsWrittenAndRange(String key, String value, String rule,
			CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--" + key + "=" + value));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value '%s' for configuration property '%s'".formatted(value, key))
			.contains("%n%n%s %s%n".formatted(key, rule));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					replay-size    | -1   | must be 0 or more
					replay-max-age | 0    | must be between 1 ms and 365 days
					idle-timeout   | 366d | must be between 1 ms and 365 days
					buffer-size    | 0    | must be 1 or more
					pattern        | a*b  | cannot be used: pattern must be the name of a topic, or a prefix with one '*' at its end, but is 'a*b'
					pattern        | chat | cannot be used: pattern must be added once only, but 'chat' was added before
					""")
	void badValueOfAGroupOfTopicsStopsTheStart(String key, String value, String rule, CapturedOutput output) {
		String property = "sse.hub.topics[1]." + key;
		Map<String, String> arguments = new HashMap<>(Map.of("sse.hub.topics[1].pattern", "job:*"));
		arguments.put("sse.hub.topics[0].pattern", "chat");
		arguments.put(property, value);
		String[] written = arguments.entrySet().stream().map((each) -> "--" + each).toArray(String[]::new);
		assertThatException().isThrownBy(() -> start(written));
		assertThat(output).contains("Invalid value '%s' for configuration property '%s'".formatted(value, property))
			.contains("%n%n%s %s%n".formatted(property, rule));
	}

	@Test
	void groupOfTopicsWithoutAPatternStopsTheStart() {
		this.runner.withPropertyValues("sse.hub.topics[0].replay-size=1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("sse.hub.topics[0].pattern cannot be used"));
	}

	@Test
	void everySettingOfAGroupOfTopicsReachesTheHub() {
		SsePropertiesMapper set = new SsePropertiesMapper(
				bind(Map.of("sse.hub.topics[0].pattern", "job:*", "sse.hub.topics[0].replay-size", "1",
						"sse.hub.topics[0].replay-max-age", "2s", "sse.hub.topics[0].idle-timeout", "3s",
						"sse.hub.topics[0].buffer-size", "4", "sse.hub.topics[0].lag-policy", "fail",
						"sse.hub.topics[1].pattern", "chat", "sse.hub.topics[1].replay-size", "5")));
		assertThat(hubSettings(set)).isEqualTo(settings(SseHubBuilder.create()
			.topics("job:*",
					(jobs) -> jobs.replaySize(1)
						.replayMaxAge(Duration.ofSeconds(2))
						.idleTimeout(Duration.ofSeconds(3))
						.bufferSize(4)
						.lagPolicy(SseLagPolicy.FAIL))
			.topics("chat", (chat) -> chat.replaySize(5))));
	}

	@Test
	void invalidTopicOfMetricsStopsTheStart() {
		this.runner.withPropertyValues("sse.metrics.topics[0]=")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("sse.metrics.topics has an invalid topic: topic must not be empty"));
	}

	@Test
	void startReportNamesTheRuleTheValueAndItsOrigin(@TempDir Path directory, CapturedOutput output)
			throws IOException {
		Path file = Files.writeString(directory.resolve("application.yml"), """
				sse:
				  hub:
				    max-retained-size: 512KB
				    max-event-size: 2MB
				""");
		assertThatException().isThrownBy(() -> start("--spring.config.location=" + file.toUri()));
		assertThat(output.toString().replace(file.toUri().toString().replace("///", "/"), "application.yml"))
			.contains("""
					APPLICATION FAILED TO START
					***************************

					Description:

					Invalid value '2MB' for configuration property 'sse.hub.max-event-size' \
					(originating from 'URL [application.yml] - 4:21'). Validation failed for the following reason:

					sse.hub.max-event-size must not be above sse.hub.max-retained-size, but 2 MB is more than 512 KB

					Action:

					Review the value of the property with the provided reason.
					""");
	}

	@Test
	void keyInAnotherNotationIsReportedInTheNotationOfTheDocumentation(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--sse.keepAlive.maxInterval=99ms"));
		assertThat(output).contains(
				"Invalid value '99ms' for configuration property 'sse.keep-alive.max-interval' (originating from '\"sse.keepAlive.maxInterval\"")
			.contains("%n%nsse.keep-alive.max-interval must be between 100 ms and 365 days%n".formatted());
	}

	@Test
	void defaultOfTheLargestEventIsNotAboveTheRetainedSize() {
		this.runner.withPropertyValues("sse.hub.max-retained-size=1KB")
			.run((context) -> assertThatExceptionOfType(SseEventTooLargeException.class)
				.isThrownBy(() -> context.getBean(SseHub.class).publish(SseEvent.text("x".repeat(1024)))));
	}

	@Test
	void boundsAreLoggedInOneLineAtStart(CapturedOutput output) {
		start("--sse.hub.replay-size=7", "--logging.level.io.github.sse4spring=info").close();
		assertThat(output.toString().lines().filter((line) -> line.contains("Event streams:"))).hasSize(1)
			.first()
			.asString()
			.endsWith("the hub retains 7 events a topic, 64 MB in all, of 10000 topics at most; "
					+ "keep-alive after 15 s");
	}

	@Test
	void boundsAreLoggedWithLazyInitializationToo(CapturedOutput output) {
		start("--spring.main.lazy-initialization=true", "--logging.level.io.github.sse4spring=info").close();
		assertThat(output).containsOnlyOnce("Event streams:");
	}

	@Test
	void boundsOfAHubThatTheApplicationBuildsAreNotLogged(CapturedOutput output) {
		SpringApplication application = application();
		application.addInitializers((context) -> ((GenericApplicationContext) context).registerBean(SseHub.class,
				() -> SseHubBuilder.create().build()));
		application.run("--logging.level.io.github.sse4spring=info").close();
		assertThat(output).doesNotContain("Event streams:");
	}

	@Test
	void unknownOnCompleteStopsTheStart() {
		this.runner.withPropertyValues("sse.stream.on-complete=stop")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("OnComplete.stop"));
	}

	@Test
	void boundaryValuesAreAccepted() {
		this.runner.withPropertyValues("sse.keep-alive.max-interval=100ms", "sse.stream.open-delay=0",
				"sse.stream.retry.min=5s", "sse.stream.retry.max=5s", "sse.shutdown.drain-timeout=0",
				"sse.keep-alive.comment=", "sse.stream.max-age=1s", "sse.stream.stall-timeout=0",
				"sse.stream.peer-timeout=0", "sse.limits.max-connections=0", "sse.limits.max-connections-per-client=0",
				"sse.limits.refusal-retry=1ms", "sse.stream.framing=close", "sse.hub.replay-size=0",
				"sse.hub.max-event-size=64MB", "sse.hub.max-retained-size=64MB")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void emptyValueIsTheDefault() {
		this.runner
			.withPropertyValues("sse.keep-alive.max-interval=", "sse.keep-alive.comment=", "sse.hub.buffer-size=",
					"sse.hub.lag-policy=", "sse.hub.replay-size=", "sse.hub.max-topics=", "sse.hub.replay-max-age=",
					"sse.hub.max-retained-size=", "sse.hub.max-event-size=", "sse.hub.topic-idle-timeout=",
					"sse.stream.open-delay=", "sse.stream.retry.min=", "sse.stream.retry.max=",
					"sse.stream.on-complete=", "sse.stream.max-age=", "sse.stream.stall-timeout=",
					"sse.stream.peer-timeout=", "sse.stream.framing=", "sse.limits.refusal-retry=",
					"sse.metrics.topics=", "sse.shutdown.drain-timeout=")
			.run((context) -> assertThat(context.getBean(SseProperties.class)).isEqualTo(bind(Map.of())));
	}

	@Test
	void defaultsOfTheMetadataAreThoseOfTheHubAndOfStreams() throws IOException {
		Map<String, String> defaults = new HashMap<>();
		metadata().get("properties")
			.valueStream()
			.filter((property) -> property.has("defaultValue"))
			.forEach((property) -> defaults.put(property.get("name").asString(),
					property.get("defaultValue").asString()));
		assertThat(defaults).containsKeys("sse.hub.replay-size", "sse.keep-alive.max-interval", "sse.stream.retry.min");
		SsePropertiesMapper set = new SsePropertiesMapper(bind(defaults));
		SsePropertiesMapper unset = new SsePropertiesMapper(bind(Map.of()));
		assertThat(set.streamSettings()).isEqualTo(unset.streamSettings());
		assertThat(hubSettings(set)).isEqualTo(hubSettings(unset));
		assertThat(hubSettings(unset)).isEqualTo(settings(SseHubBuilder.create()));
	}

	private static Object hubSettings(SsePropertiesMapper mapper) {
		return settings(mapper.apply(SseHubBuilder.create()));
	}

	/** The settings with all defaults. Records, so that they can be compared. */
	private static Object settings(SseHubBuilder builder) {
		return Objects.requireNonNull(ReflectionTestUtils.invokeMethod(builder, "settings"));
	}

	private static SseProperties bind(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("sse", SseProperties.class);
	}

	@Test
	void everyPropertyHasMetadataWithTypeDescriptionAndDefault() throws IOException {
		List<String> keys = keys("sse", SseProperties.class).toList();
		assertThat(keys).hasSizeGreaterThan(9);
		JsonNode metadata = metadata().get("properties");
		for (String key : keys) {
			JsonNode property = metadata.valueStream()
				.filter((candidate) -> candidate.get("name").asString().equals(key))
				.findFirst()
				.orElseThrow(() -> new AssertionError("no metadata for " + key));
			assertThat(property.has("type")).as(key).isTrue();
			boolean none = Set
				.of("sse.hub.replay-max-age", "sse.hub.topics", "sse.stream.max-age", "sse.metrics.topics")
				.contains(key);
			assertThat(property.has("defaultValue")).as(key + " default").isEqualTo(!none);
			assertThat(property.get("description").asString()).as(key).endsWith(".").doesNotStartWith("The ");
		}
		assertThat(metadata.valueStream().filter((property) -> property.get("name").asString().startsWith("sse.")))
			.hasSameSizeAs(keys);
	}

	@Test
	void everyHintIsForAKnownProperty() throws IOException {
		List<String> keys = keys("sse", SseProperties.class).toList();
		assertThat(metadata().get("hints").valueStream().map((hint) -> hint.get("name").asString())).isNotEmpty()
			.allMatch(keys::contains);
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return application().run(arguments);
	}

	private static SpringApplication application() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application;
	}

	private static JsonNode metadata() throws IOException {
		try (InputStream in = SsePropertiesTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			JsonNode all = JsonMapper.shared().readTree(in);
			// Boot's own modules on the class path have files of the same name.
			assertThat(all.toString()).contains("sse.enabled");
			return all;
		}
	}

	private static Stream<String> keys(String prefix, Class<?> type) {
		return Stream.of(type.getRecordComponents()).flatMap((component) -> {
			String key = prefix + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			return component.getType().isRecord() ? keys(key, component.getType()) : Stream.of(key);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SseAutoConfiguration.class)
	static class Application {

	}

}
