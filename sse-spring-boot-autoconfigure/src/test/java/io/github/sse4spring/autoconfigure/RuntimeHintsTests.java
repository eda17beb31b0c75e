package io.github.sse4spring.autoconfigure;

import java.util.function.Predicate;
import java.util.stream.Stream;

import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.actuate.SseEndpoint;
import io.github.sse4spring.stream.SseConnection;
import io.netty.channel.epoll.EpollSocketChannel;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the hints that a native image needs for types that are found by reflection.
 */
class RuntimeHintsTests {

	@Test
	void transportsAreFoundByName() {
		RuntimeHints hints = fromFactories(getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onType(HttpServerResponse.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(EpollSocketChannel.class)).accepts(hints);
	}

	@Test
	void missingTransportsGetNoHints() {
		RuntimeHints hints = fromFactories(new FilteredClassLoader("io.netty", "reactor.netty"));
		assertThat(RuntimeHintsPredicates.reflection().onType(HttpServerResponse.class)).rejects(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(EpollSocketChannel.class)).rejects(hints);
	}

	private static RuntimeHints fromFactories(ClassLoader classLoader) {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter((registrar) -> registrar.getClass().getName().startsWith("io.github.sse4spring"))
			.forEach((registrar) -> registrar.registerHints(hints, classLoader));
		return hints;
	}

	@Test
	void endpointHasHintsForItsOperationsAndResponses() {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, SseEndpoint.class);
		assertThat(invocation(SseEndpoint.class, "sse")).accepts(hints);
		assertThat(invocation(SseEndpoint.class, "entry")).accepts(hints);
		assertThat(invocation(SseEndpoint.class, "end")).accepts(hints);
		assertThat(invocation(SseEndpoint.Description.class, "hub")).accepts(hints);
		assertThat(invocation(SseHubSnapshot.Topic.class, "name")).accepts(hints);
		assertThat(invocation(SseConnection.class, "id")).accepts(hints);
	}

	@Test
	void propertiesAreBoundByTheirConstructors() {
		RuntimeHints hints = new RuntimeHints();
		BindableRuntimeHintsRegistrar.forTypes(SseProperties.class).registerHints(hints);
		Stream
			.of(SseProperties.class, SseProperties.Hub.class, SseProperties.TopicGroup.class,
					SseProperties.Stream.class, SseProperties.Retry.class, SseProperties.Client.class)
			.forEach((type) -> assertThat(
					RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
				.accepts(hints));
	}

	private static Predicate<RuntimeHints> invocation(Class<?> type, String method) {
		return RuntimeHintsPredicates.reflection().onMethodInvocation(type, method);
	}

}
