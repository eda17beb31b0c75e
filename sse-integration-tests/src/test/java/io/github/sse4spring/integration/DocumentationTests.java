package io.github.sse4spring.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that every block of Java in the documentation compiles and that every link has a
 * target.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	@TempDir
	private Path classes;

	private static List<Path> documents() throws IOException {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			return Stream.concat(Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve), docs)
				.filter((path) -> path.toString().endsWith(".md"))
				.toList();
		}
	}

	private static String read(Path path) {
		try {
			return Files.readString(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void everyBlockOfJavaCompiles() throws IOException {
		List<JavaFileObject> sources = new ArrayList<>();
		for (Path document : documents()) {
			Matcher block = JAVA.matcher(read(document));
			while (block.find()) {
				sources.add(source(block.group(1), sources.size()));
			}
		}
		assertThat(sources).hasSizeGreaterThan(15);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		compiler
			.getTask(null, null, found, List.of("-proc:none", "-cp", classPath, "-d", this.classes.toString()), null,
					sources)
			.call();
		assertThat(found.getDiagnostics()).filteredOn((each) -> each.getKind() == Diagnostic.Kind.ERROR)
			.extracting((each) -> each.getMessage(Locale.ROOT) + "\n" + text(each.getSource()))
			.isEmpty();
	}

	private static String text(JavaFileObject source) {
		try {
			return source.getCharContent(true).toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static JavaFileObject source(String block, int number) throws IOException {
		String template = Files.readString(Path.of("src/test/resources/block.java.txt"));
		String name = "Block" + number;
		if (block.startsWith("package ")) {
			return new Source(block, nameOf(block));
		}
		if (Pattern.compile("^(@\\S+ ?)*\\n?class ", Pattern.MULTILINE).matcher(block).lookingAt()) {
			return new Source(template.substring(0, template.indexOf("class ")) + block, nameOf(block));
		}
		boolean members = Pattern.compile("^[^\\s].*\\) \\{$", Pattern.MULTILINE).matcher(block).find();
		String body = members ? block : "Object[] used() throws Exception {\n" + statements(block) + "}\n";
		return new Source(template.replace("NAME", name).replace("BODY", body), name);
	}

	/** A line without a semicolon is an expression of its own. */
	private static String statements(String block) {
		String code = block.replaceAll("(?m) +//.*$", "");
		return code.contains(";") ? code + "return new Object[0];\n"
				: "return new Object[] {\n" + code.replace("\n", ",\n") + "};\n";
	}

	private static String nameOf(String source) {
		Matcher name = Pattern.compile("class (\\w+)").matcher(source);
		assertThat(name.find()).isTrue();
		return name.group(1);
	}

	@Test
	void everyLinkLeadsToAFileOrAHeadingThatIsThere() throws IOException {
		for (Path document : documents()) {
			Matcher link = LINK.matcher(read(document));
			while (link.find()) {
				String[] target = link.group(1).split("#", 2);
				if (target[0].contains(":")) {
					continue;
				}
				Path file = target[0].isEmpty() ? document : document.resolveSibling(target[0]);
				assertThat(file).as("link of %s", document).exists();
				if (target.length > 1) {
					assertThat(headings(read(file))).as("link of %s", document).contains(target[1]);
				}
			}
		}
	}

	private static List<String> headings(String document) {
		return document.lines()
			.filter((line) -> line.startsWith("#"))
			.map((line) -> line.replaceFirst("#+ ", "")
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^a-z0-9 -]", "")
				.replace(' ', '-'))
			.toList();
	}

	@Test
	void readmeShowsTheDefaultsOfTheConfiguration() {
		Pattern yaml = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
		Matcher configuration = yaml.matcher(read(ROOT.resolve("docs/configuration.md")));
		assertThat(configuration.find()).isTrue();
		assertThat(read(ROOT.resolve("README.md"))).contains(configuration.group());
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String text;

		private Source(String text, String name) {
			super(URI.create("string:///com/example/" + name + ".java"), Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
