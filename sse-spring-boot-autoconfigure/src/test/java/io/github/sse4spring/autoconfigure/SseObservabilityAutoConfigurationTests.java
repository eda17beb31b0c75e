package io.github.sse4spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.actuate.SseEndpoint;
import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.metrics.SseMeters;
import io.github.sse4spring.metrics.SseMetricsConfiguration;
import io.github.sse4spring.stream.SseConnections;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Checks the conditions of meters, of the endpoint and of observations.
 */
class SseObservabilityAutoConfigurationTests {

	private static final AutoConfigurations OURS = AutoConfigurations.of(SseAutoConfiguration.class,
			SseWebFluxAutoConfiguration.class, SseMetricsAutoConfiguration.class, SseObservationAutoConfiguration.class,
			SseEndpointAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
		.withConfiguration(OURS);

	private final ApplicationContextRunner plain = new ApplicationContextRunner().withConfiguration(OURS);

	@Test
	void withoutARegistryThereAreNoMetersAndNoObservations() {
		this.reactive.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(SseMeters.class)
			.doesNotHaveBean("sseGauges")
			.doesNotHaveBean("sseRequestTimer"));
		this.reactive.run((context) -> assertThat(context.getBean(SseHub.class))
			.extracting((hub) -> hub.getClass().getSimpleName())
			.isEqualTo("DefaultSseHub"));
	}

	@Test
	void applicationWithoutMicrometerStarts() {
		this.reactive.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SseHub.class)
				.doesNotHaveBean(SseMeters.class));
	}

	@Test
	void allMetersAreRegisteredAtStart() {
		this.reactive.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run((context) -> {
			assertThat(context).hasSingleBean(SseMeters.class).hasBean("sseGauges");
			SimpleMeterRegistry meters = (SimpleMeterRegistry) context.getBean(MeterRegistry.class);
			context.getBean("sseGauges", MeterBinder.class).bindTo(meters);
			assertThat(meters.getMeters()).extracting((meter) -> meter.getId().getName())
				.contains("sse.connections", "sse.subscribers", "sse.topics", "sse.retained", "sse.events.published",
						"sse.events.delivered", "sse.events.missed", "sse.replays", "sse.gaps", "sse.keepalives",
						"sse.streams.opened", "sse.streams.refused", "sse.streams.closed", "sse.stream.duration",
						"sse.publish.delay", "sse.batch.events");
		});
	}

	@Test
	void hubIsMeasuredWithoutStreamsToo() {
		this.plain.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			context.getBean("sseGauges", MeterBinder.class).bindTo(meters);
			context.getBean(SseHub.class).publish(SseEvent.text("one"));
			assertThat(meters.get("sse.events.published").counter().count()).isOne();
			assertThat(meters.find("sse.connections").gauge()).isNull();
			assertThat(meters.get("sse.topics").gauge().value()).isOne();
		});
	}

	@Test
	void nothingIsConfiguredWhenDisabled() {
		this.reactive.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withPropertyValues("sse.enabled=false", "management.endpoints.web.exposure.include=sse")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SseMeters.class)
				.doesNotHaveBean(SseEndpoint.class));
	}

	@Test
	void twoHubsWithoutAPrimaryOneHaveNeitherGaugesNorEndpoint() {
		this.reactive.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("orders", SseHub.class, () -> SseHubBuilder.create().build())
			.withBean("chat", SseHub.class, () -> SseHubBuilder.create().build())
			.withPropertyValues("management.endpoints.web.exposure.include=sse")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SseMeters.class)
				.doesNotHaveBean("sseGauges")
				.doesNotHaveBean(SseEndpoint.class));
	}

	@Test
	void hubIsStillFoundByATypeOfItsOwn() {
		this.reactive.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withBean(OwnHub.class)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(OwnHub.class);
				assertThat(context.getBean(SseHub.class)).isInstanceOf(OwnHub.class);
			});
	}

	@Test
	void observedHubPassesEveryCallOn() {
		OwnHub hub = new OwnHub();
		SseHub observed = SseMetricsConfiguration.observe(hub, ObservationRegistry.create(), List.of());
		observed.publish(SseEvent.text("x"));
		observed.publish("a", SseEvent.text("x"));
		observed.subscribe();
		observed.subscribe("a", "b");
		observed.subscribe(SseSubscription.to("c"));
		observed.complete("a");
		observed.position();
		observed.snapshot();
		observed.close();
		assertThat(hub.calls).containsExactly("publish", "publish a", "subscribe", "subscribe [a, b]", "subscribe [c]",
				"complete a", "position", "snapshot", "close");
	}

	@Test
	void metersAndEndpointOfTheApplicationReplaceTheDefaults() {
		MeterRegistry registry = new SimpleMeterRegistry();
		MeterBinder gauges = (meters) -> {
		};
		this.reactive.withBean(MeterRegistry.class, () -> registry)
			.withBean("ownMeters", SseMeters.class, () -> new SseMeters(registry, List.of()))
			.withBean("sseGauges", MeterBinder.class, () -> gauges)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SseMeters.class)
				.hasBean("ownMeters")
				.hasSingleBean(MeterBinder.class)
				.getBean("sseGauges")
				.isSameAs(gauges));
		this.reactive
			.withBean("ownEndpoint", SseEndpoint.class,
					() -> new SseEndpoint(SseHubBuilder.create().build(), (SseConnections) null))
			.withPropertyValues("management.endpoints.web.exposure.include=sse")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SseEndpoint.class)
				.hasBean("ownEndpoint"));
	}

	@Test
	void requestTimerExcludesStreamsOnlyIfThePropertySaysSo() {
		ReactiveWebApplicationContextRunner measured = this.reactive.withBean(MeterRegistry.class,
				SimpleMeterRegistry::new);
		measured.run((context) -> assertThat(context).doesNotHaveBean("sseRequestTimer"));
		measured.withPropertyValues("sse.metrics.http-server-requests=false")
			.run((context) -> assertThat(context).getBean("sseRequestTimer")
				.isInstanceOf(WebFilter.class)
				.isInstanceOf(MeterFilter.class));
	}

	@Test
	void endpointExistsOnlyIfItIsExposed() {
		this.reactive.run((context) -> assertThat(context).doesNotHaveBean(SseEndpoint.class));
		this.reactive.withPropertyValues("management.endpoints.web.exposure.include=sse")
			.run((context) -> assertThat(context).hasSingleBean(SseEndpoint.class));
		this.plain.withPropertyValues("management.endpoints.jmx.exposure.include=sse", "spring.jmx.enabled=true")
			.run((context) -> assertThat(context.getBean(SseEndpoint.class).sse().connections()).isEmpty());
	}

	@Test
	void publishingIsObservedWithConfiguredTopicsAsTag() {
		List<String> seen = new ArrayList<>();
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

			@Override
			public void onStop(Observation.Context context) {
				seen.add(context.getName() + " " + context.getLowCardinalityKeyValue("topic").getValue() + " "
						+ (context.getError() != null));
			}

		});
		this.reactive.withBean(ObservationRegistry.class, () -> registry)
			.withPropertyValues("sse.metrics.topics=news", "sse.hub.max-event-size=100B")
			.run((context) -> {
				SseHub hub = context.getBean(SseHub.class);
				String id = hub.publish("news", SseEvent.text("one")).stored().block(Duration.ofSeconds(1));
				hub.publish("user:7", SseEvent.text("two"));
				assertThat(hub.position()).endsWith("-2").isNotEqualTo(id);
				assertThat(hub.snapshot().topics()).hasSize(2);
				assertThat(catchThrowable(() -> hub.publish("news", SseEvent.text("x".repeat(100))))).isNotNull();
			});
		assertThat(seen).containsExactly("sse.publish news false", "sse.publish other false", "sse.publish news true");
	}

	/**
	 * A hub of the application that records its calls.
	 */
	static class OwnHub implements SseHub {

		private final List<String> calls = new ArrayList<>();

		private final SseHub hub = SseHubBuilder.create().build();

		@Override
		public SsePublication publish(SseEvent event) {
			this.calls.add("publish");
			return this.hub.publish(event);
		}

		@Override
		public SsePublication publish(String topic, SseEvent event) {
			this.calls.add("publish " + topic);
			return this.hub.publish(topic, event);
		}

		@Override
		public Flux<SseEvent> subscribe() {
			this.calls.add("subscribe");
			return this.hub.subscribe();
		}

		@Override
		public Flux<SseEvent> subscribe(String... topics) {
			this.calls.add("subscribe " + List.of(topics));
			return this.hub.subscribe(topics);
		}

		@Override
		public Flux<SseEvent> subscribe(SseSubscription subscription) {
			this.calls.add("subscribe " + subscription.topics());
			return this.hub.subscribe(subscription);
		}

		@Override
		public String position() {
			this.calls.add("position");
			return this.hub.position();
		}

		@Override
		public SsePublication complete(String topic) {
			this.calls.add("complete " + topic);
			return this.hub.complete(topic);
		}

		@Override
		public SseHubSnapshot snapshot() {
			this.calls.add("snapshot");
			return this.hub.snapshot();
		}

		@Override
		public void close() {
			this.calls.add("close");
			this.hub.close();
		}

	}

}
