package io.github.sse4spring.integration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.hub.SseHubBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.reactive.AbstractReactiveTransactionManager;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.transaction.reactive.TransactionalEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The recipe of the README for publishing after a commit, with a reactive transaction.
 */
class PublishAfterCommitTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Orders.class);

	private final Service service = this.context.getBean(Service.class);

	private final List<Object> seen = new ArrayList<>();

	@BeforeEach
	void subscribe() {
		this.context.getBean(SseHub.class).subscribe("orders").subscribe((event) -> this.seen.add(event.data()));
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void orderIsPublishedAfterTheCommit() {
		StepVerifier.create(this.service.create(7, Mono.fromRunnable(() -> assertThat(this.seen).isEmpty())))
			.expectComplete()
			.verify(TIMEOUT);
		assertThat(this.seen).containsExactly("{\"id\":7}");
	}

	@Test
	void orderThatIsRolledBackIsNotPublished() {
		StepVerifier.create(this.service.create(7, Mono.error(new IllegalStateException("no such article"))))
			.expectErrorMessage("no such article")
			.verify(TIMEOUT);
		assertThat(this.seen).isEmpty();
	}

	@Test
	void orderIsPublishedAtOnceWithoutATransaction() {
		this.context.publishEvent(new OrderCreated(7));
		assertThat(this.seen).containsExactly("{\"id\":7}");
	}

	record OrderCreated(int id) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	@Import(Service.class)
	static class Orders {

		@Bean
		SseHub hub() {
			return SseHubBuilder.create().scheduler(Schedulers.immediate()).build();
		}

		@Bean
		ReactiveTransactionManager transactions() {
			return new WithoutResource();
		}

	}

	static class Service {

		private final SseHub hub;

		private final ApplicationEventPublisher applicationEvents;

		Service(SseHub hub, ApplicationEventPublisher applicationEvents) {
			this.hub = hub;
			this.applicationEvents = applicationEvents;
		}

		@Transactional
		Mono<Void> create(int id, Mono<Void> rest) {
			return new TransactionalEventPublisher(this.applicationEvents).publishEvent(new OrderCreated(id))
				.then(rest);
		}

		@TransactionalEventListener(fallbackExecution = true)
		void orderCreated(OrderCreated created) {
			this.hub.publish("orders", SseEvent.json(created).withName("order"));
		}

	}

	/**
	 * Manages transactions without a resource.
	 */
	private static final class WithoutResource extends AbstractReactiveTransactionManager {

		@Override
		protected Object doGetTransaction(TransactionSynchronizationManager synchronization) {
			return new Object();
		}

		@Override
		protected Mono<Void> doBegin(TransactionSynchronizationManager synchronization, Object transaction,
				TransactionDefinition definition) {
			return Mono.empty();
		}

		@Override
		protected Mono<Void> doCommit(TransactionSynchronizationManager synchronization,
				GenericReactiveTransaction status) {
			return Mono.empty();
		}

		@Override
		protected Mono<Void> doRollback(TransactionSynchronizationManager synchronization,
				GenericReactiveTransaction status) {
			return Mono.empty();
		}

	}

}
