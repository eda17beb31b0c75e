package io.github.sse4spring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.hub.SseHubBuilder;
import io.github.sse4spring.stream.SseConnections;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * The dashboard asks for meters that exist, and for all of them; so does the table of the
 * documentation.
 */
class GrafanaDashboardTests {

	private static final Path DOCS = Path.of("..", "docs");

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@BeforeEach
	void registerAll() {
		SseHub hub = SseHubBuilder.create().build();
		new SseMeters(this.registry, List.of());
		new SseGauges(hub, mock(SseConnections.class)).bindTo(this.registry);
	}

	private Set<String> names() {
		return this.registry.getMeters()
			.stream()
			.map((meter) -> meter.getId().getName())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** As Prometheus names what it scrapes. */
	private Set<String> scraped() {
		Set<String> scraped = new TreeSet<>();
		for (Meter meter : this.registry.getMeters()) {
			String name = meter.getId().getName().replace('.', '_');
			switch (meter.getId().getType()) {
				case COUNTER -> scraped.add(name + "_total");
				case GAUGE -> scraped.add("bytes".equals(meter.getId().getBaseUnit()) ? name + "_bytes" : name);
				case TIMER -> addSummary(scraped, name + "_seconds");
				default -> addSummary(scraped, name);
			}
		}
		return scraped;
	}

	private static void addSummary(Set<String> scraped, String name) {
		scraped.addAll(List.of(name + "_sum", name + "_count", name + "_max"));
	}

	private static Set<String> find(String pattern, Path file) throws IOException {
		return Pattern.compile(pattern)
			.matcher(Files.readString(file))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void everyQueryNamesAnExistingMeter() throws IOException {
		assertThat(find("\\bsse_[a-z_]+", DOCS.resolve("grafana.json"))).isNotEmpty().isSubsetOf(scraped());
	}

	@Test
	void everyMeterIsOnTheDashboard() throws IOException {
		Set<String> queries = find("\\bsse_[a-z_]+", DOCS.resolve("grafana.json"));
		assertThat(names())
			.allMatch((name) -> queries.stream().anyMatch((query) -> query.startsWith(name.replace('.', '_'))));
	}

	@Test
	void tableOfTheDocumentationHasEveryMeterAndNoOther() throws IOException {
		String text = Files.readString(DOCS.resolve("metrics.md"));
		Set<String> documented = text.lines()
			.filter((line) -> line.startsWith("| `sse."))
			.map((line) -> line.substring(3, line.indexOf('`', 3)))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(documented).isEqualTo(names());
	}

}
