package io.github.sse4spring;

import java.io.File;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that the public API is the same as in {@code public-api.txt}.
 */
class PublicApiTests {

	private static final Path FILE = Path.of("src/test/resources/public-api.txt");

	private static final String REWRITE = "./mvnw -q -pl sse-spring-boot-autoconfigure test -Dtest=PublicApiTests -Dsse.public-api=rewrite";

	@Test
	void publicApiIsWhatTheFileSays() throws Exception {
		List<String> api = api();
		if ("rewrite".equals(System.getProperty("sse.public-api"))) {
			Files.write(FILE, api);
		}
		List<String> file = Files.readAllLines(FILE);
		assertThat(difference(file, api))
			.as("the public API has changed. If that is meant, say so in CHANGELOG.md and run%n  %s", REWRITE)
			.isEmpty();
		assertThat(file).isEqualTo(api);
	}

	private static List<String> difference(List<String> file, List<String> api) {
		return Stream
			.concat(file.stream().filter((line) -> !api.contains(line)).map("- "::concat),
					api.stream().filter((line) -> !file.contains(line)).map("+ "::concat))
			.toList();
	}

	private static List<String> api() throws Exception {
		Path classes = Path.of(SseEvent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		try (Stream<Path> files = Files.walk(classes)) {
			return files.map((file) -> classes.relativize(file).toString().replace(File.separatorChar, '.'))
				.filter((name) -> name.endsWith(".class") && !name.endsWith("-info.class"))
				.map((name) -> load(name.substring(0, name.length() - ".class".length())))
				.filter(PublicApiTests::isPublic)
				.sorted(Comparator.comparing(Class::getName))
				.flatMap(PublicApiTests::lines)
				.toList();
		}
	}

	private static Class<?> load(String name) {
		return ClassUtils.resolveClassName(name, PublicApiTests.class.getClassLoader());
	}

	private static boolean isPublic(@Nullable Class<?> type) {
		return type == null || (isVisible(type.getModifiers()) && isPublic(type.getDeclaringClass()));
	}

	private static boolean isVisible(int modifiers) {
		return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
	}

	/**
	 * Each line contains the name of the type, so a line of a diff is clear by itself.
	 */
	private static Stream<String> lines(Class<?> type) {
		List<String> members = new ArrayList<>();
		Arrays.stream(type.getDeclaredFields())
			.filter(PublicApiTests::isVisible)
			.map(PublicApiTests::field)
			.forEach(members::add);
		Arrays.stream(type.getDeclaredConstructors())
			.filter(PublicApiTests::isVisible)
			.map(PublicApiTests::constructor)
			.forEach(members::add);
		Arrays.stream(type.getDeclaredMethods())
			.filter(PublicApiTests::isVisible)
			.map(PublicApiTests::method)
			.forEach(members::add);
		return Stream.concat(Stream.of(declaration(type)),
				members.stream().sorted().map((line) -> name(type) + "#" + line));
	}

	private static boolean isVisible(Member member) {
		return isVisible(member.getModifiers()) && !member.isSynthetic();
	}

	private static String declaration(Class<?> type) {
		List<Type> parents = new ArrayList<>(List.of(type.getGenericInterfaces()));
		if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
			parents.add(0, type.getGenericSuperclass());
		}
		return modifiers(type.getModifiers()) + kind(type) + name(type) + typeParameters(type.getTypeParameters())
				+ (parents.isEmpty() ? "" : " : " + names(parents));
	}

	private static String kind(Class<?> type) {
		if (type.isAnnotation()) {
			return "@interface ";
		}
		return type.isInterface() ? "interface " : type.isEnum() ? "enum " : type.isRecord() ? "record " : "class ";
	}

	private static String field(Field field) {
		return modifiers(field.getModifiers()) + name(field.getAnnotatedType()) + " " + field.getName();
	}

	private static String constructor(Constructor<?> constructor) {
		return modifiers(constructor.getModifiers()) + "<init>" + parameters(constructor);
	}

	private static String method(Method method) {
		return modifiers(method.getModifiers()) + (method.isDefault() ? "default " : "")
				+ typeParameters(method.getTypeParameters()) + name(method.getAnnotatedReturnType()) + " "
				+ method.getName() + parameters(method);
	}

	private static String parameters(Executable executable) {
		String exceptions = names(List.of(executable.getGenericExceptionTypes()));
		return Arrays.stream(executable.getAnnotatedParameterTypes())
			.map(PublicApiTests::name)
			.collect(Collectors.joining(", ", executable.isVarArgs() ? "(varargs " : "(", ")"))
				+ (exceptions.isEmpty() ? "" : " throws " + exceptions);
	}

	/** Nullness of the type itself only, not of its type arguments. */
	private static String name(AnnotatedType type) {
		return name(type.getType()) + (type.isAnnotationPresent(Nullable.class) ? "?" : "");
	}

	private static String name(Type type) {
		return type.getTypeName().replace("java.lang.", "").replace("io.github.sse4spring.", "");
	}

	private static String names(List<Type> types) {
		return types.stream().map(PublicApiTests::name).collect(Collectors.joining(", "));
	}

	private static String typeParameters(TypeVariable<?>[] parameters) {
		return (parameters.length == 0) ? ""
				: Arrays.stream(parameters)
					.map((each) -> each.getName() + " : " + names(List.of(each.getBounds())))
					.collect(Collectors.joining(", ", "<", "> "));
	}

	/** The modifiers that matter to a caller or a subclass. */
	private static String modifiers(int modifiers) {
		int told = Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT;
		String words = Modifier
			.toString(modifiers & told & ~(Modifier.isInterface(modifiers) ? Modifier.ABSTRACT | Modifier.STATIC : 0));
		return words.isEmpty() ? "" : words + " ";
	}

}
