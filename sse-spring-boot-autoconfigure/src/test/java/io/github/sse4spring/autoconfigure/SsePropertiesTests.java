package io.github.sse4spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class SsePropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SseAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
									sse.keep-alive.max-interval=99ms  | sse.keep-alive.max-interval must be between 100ms and 365d but is 99ms
									sse.keep-alive.max-interval=366d  | sse.keep-alive.max-interval must be between 100ms and 365d but is 366d
											sse.stream.open-delay=9223372036854775807s | sse.stream.open-delay must be between 0ms and 365d but is PT2562047788015215H30M7S
							sse.stream.open-delay=-1ms        | sse.stream.open-delay must be between 0ms and 365d but is -1ms
									sse.stream.retry.min=0            | sse.stream.retry.min must be between 1ms and 365d but is 0ms
									sse.stream.retry.max=-5s          | sse.stream.retry.max must be between 1ms and 365d but is -5s
									sse.stream.retry.min=6s           | sse.stream.retry.min must not be above sse.stream.retry.max but is 6s, above 5s
									sse.hub.buffer-size=0             | sse.hub.buffer-size must be 1 or more but is 0
					sse.hub.replay-size=-1            | sse.hub.replay-size must be 1 or more but is -1
					sse.hub.replay-max-age=0          | sse.hub.replay-max-age must be between 1ms and 365d but is 0ms
					sse.hub.max-retained-size=0       | sse.hub.max-retained-size must be 1 or more but is 0
					sse.hub.max-event-size=-1B        | sse.hub.max-event-size must be 1 or more but is -1
					sse.hub.max-topics=0              | sse.hub.max-topics must be 1 or more but is 0
					sse.hub.topic-idle-timeout=0      | sse.hub.topic-idle-timeout must be between 1ms and 365d but is 0ms
					sse.stream.max-age=999ms          | sse.stream.max-age must be between 1s and 365d but is 999ms
					sse.stream.stall-timeout=-1ms     | sse.stream.stall-timeout must be between 0ms and 365d but is -1ms
					sse.stream.peer-timeout=-1ms      | sse.stream.peer-timeout must be between 0ms and 365d but is -1ms
					sse.limits.max-connections=-1     | sse.limits.max-connections must be 0 or more but is -1
					sse.limits.max-connections-per-client=-2 | sse.limits.max-connections-per-client must be 0 or more but is -2
					sse.limits.refusal-retry=0        | sse.limits.refusal-retry must be between 1ms and 365d but is 0ms
					sse.client.path=client.js         | sse.client.path must begin with / and be no pattern but is 'client.js'
					sse.metrics.topics[0]=            | sse.metrics.topics: topic must not be empty
					sse.shutdown.drain-timeout=-1s    | sse.shutdown.drain-timeout must be between 0ms and 365d but is -1s
									""")
	void badValueStopsTheStartNamingKeyValueAndRange(String property, String message) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	@Test
	void startReportSaysWhatWasWrong(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run("--sse.stream.retry.min=10s"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("sse.stream.retry.min must not be above sse.stream.retry.max but is 10s, above 5s");
	}

	@Test
	void startSaysWhatTheBoundsAreInOneLine(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run("--sse.hub.replay-size=7", "--logging.level.io.github.sse4spring=info").close();
		assertThat(output.toString().lines().filter((line) -> line.contains("Event streams:"))).hasSize(1)
			.first()
			.asString()
			.endsWith("the hub retains 7 events a topic, 65536 kB in all, of 10000 topics at most; "
					+ "keep-alive after 15000ms");
	}

	@Test
	void unknownOnCompleteNamesTheKnownOnes() {
		this.runner.withPropertyValues("sse.stream.on-complete=stop")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("OnComplete.stop"));
	}

	@Test
	void boundaryValuesAreAccepted() {
		this.runner.withPropertyValues("sse.keep-alive.max-interval=100ms", "sse.stream.open-delay=0",
				"sse.stream.retry.min=5s", "sse.stream.retry.max=5s", "sse.shutdown.drain-timeout=0",
				"sse.keep-alive.comment=", "sse.stream.max-age=1s", "sse.stream.stall-timeout=0",
				"sse.stream.peer-timeout=0", "sse.limits.max-connections=0", "sse.limits.max-connections-per-client=0",
				"sse.limits.refusal-retry=1ms", "sse.stream.framing=close")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void emptyValueIsTheDefault() {
		this.runner.withPropertyValues("sse.keep-alive.max-interval=")
			.run((context) -> assertThat(context.getBean(SseProperties.class).getKeepAlive().getMaxInterval())
				.hasSeconds(15));
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
			boolean none = Set.of("sse.hub.replay-max-age", "sse.stream.max-age", "sse.metrics.topics").contains(key);
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
		return Stream.of(BeanUtils.getPropertyDescriptors(type))
			.filter((property) -> !property.getName().equals("class"))
			.flatMap((property) -> {
				String key = prefix + "."
						+ property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
				boolean group = property.getPropertyType().getEnclosingClass() == SseProperties.class
						&& !property.getPropertyType().isEnum();
				return group ? keys(key, property.getPropertyType()) : Stream.of(key);
			});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SseAutoConfiguration.class)
	static class Application {

	}

}
