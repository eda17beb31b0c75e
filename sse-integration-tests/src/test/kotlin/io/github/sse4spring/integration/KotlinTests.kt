package io.github.sse4spring.integration

import io.github.sse4spring.SseEvent
import io.github.sse4spring.SseHub
import io.github.sse4spring.SseLastEventId
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.reactive.asFlow
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration
import org.springframework.context.annotation.Import
import org.springframework.http.HttpStatus
import org.springframework.http.ResponseEntity
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.reactive.function.server.ServerResponse
import org.springframework.web.reactive.function.server.bodyAndAwait
import org.springframework.web.reactive.function.server.bodyValueAndAwait
import org.springframework.web.reactive.function.server.coRouter
import org.springframework.web.server.ResponseStatusException

/** Controllers and routes in Kotlin write event streams like those in Java. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
internal class KotlinTests {

	private val server = Server.of(Application::class.java)

	@AfterAll
	fun stop() = server.close()

	@ParameterizedTest
	@ValueSource(strings = ["/flow", "/suspend-event", "/suspend-flow", "/suspend-entity", "/co-router", "/co-router-value"])
	fun `every kind of handler streams its events`(path: String) {
		val response = server.get(path)
		assertThat(response.statusCode()).isEqualTo(200)
		assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream;charset=UTF-8")
		assertThat(response.headers().firstValue("X-Accel-Buffering")).contains("no")
		assertThat(response.body()).startsWith(":\nretry:100\n\ndata:one\n\n")
	}

	@Test
	fun `a flow that fails before its first event keeps its status`() {
		assertThat(server.get("/refused").statusCode()).isEqualTo(403)
	}

	@Test
	fun `a suspending function that hides its events in a list fails the start`() {
		assertThatThrownBy { Server.of(Hidden::class.java).close() }
			.rootCause()
			.hasMessageContaining("declares 'java.util.List<io.github.sse4spring.SseEvent>', which is not an event stream")
	}

	@Test
	fun `a suspending function may ask who comes back`() {
		assertThat(server.get("/seen-by-kotlin").body()).contains("data:nothing\n")
		assertThat(server.get("/seen-by-kotlin", "Last-Event-ID", "7").body()).contains("data:7\n")
	}

	@Test
	fun `a flow over the hub keeps ids and positions`() {
		server.open("/hub-flow").body().use { lines ->
			val hub = server.bean(SseHub::class.java)
			val read = lines.iterator()
			assertThat(read.until("id:")).isEqualTo("id:" + hub.position())
			val id = hub.publish("news", SseEvent.json(mapOf("number" to 1))).stored().block()
			assertThat(read.until("data:")).isEqualTo("""data:{"number":1}""")
			assertThat(read.until("id:")).isEqualTo("id:$id")
		}
	}

	private fun Iterator<String>.until(prefix: String) = asSequence().first { it.startsWith(prefix) }

	@RestController
	internal class Hidden {

		@GetMapping("/hidden")
		suspend fun hidden(): List<SseEvent> = listOf(SseEvent.text("one"))

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Feeds::class)
	internal class Application {

		@Bean
		fun routes() = coRouter {
			GET("/co-router") { ServerResponse.ok().bodyAndAwait(flowOf(SseEvent.text("one"))) }
			GET("/co-router-value") { ServerResponse.ok().bodyValueAndAwait(SseEvent.text("one")) }
		}

	}

	@RestController
	internal class Feeds(private val hub: SseHub) {

		@GetMapping("/flow")
		fun events(): Flow<SseEvent> = flow {
			delay(10)
			emit(SseEvent.text("one"))
		}

		@GetMapping("/suspend-event")
		suspend fun event(): SseEvent {
			delay(10)
			return SseEvent.text("one")
		}

		@GetMapping("/suspend-flow")
		suspend fun suspendFlow(): Flow<SseEvent> {
			delay(10)
			return flowOf(SseEvent.text("one"))
		}

		@GetMapping("/suspend-entity")
		suspend fun entity(): ResponseEntity<Flow<SseEvent>> {
			delay(10)
			return ResponseEntity.ok(flowOf(SseEvent.text("one")))
		}

		@GetMapping("/refused")
		fun refused(): Flow<SseEvent> = flow { throw ResponseStatusException(HttpStatus.FORBIDDEN) }

		@GetMapping("/seen-by-kotlin")
		suspend fun seen(lastEventId: SseLastEventId?): SseEvent = SseEvent.text(lastEventId?.value() ?: "nothing")

		@GetMapping("/hub-flow")
		fun hub(): Flow<SseEvent> = hub.subscribe("news").asFlow().map { it }

	}

}
