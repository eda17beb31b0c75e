package io.github.sse4spring;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the dependencies of each package, and rules for all classes.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.sse4spring";

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	private static final JavaClasses ALL = new ClassFileImporter().importPackages(ROOT);

	@Test
	void classesWereFound() {
		assertThat(MAIN).hasSizeGreaterThan(20);
		assertThat(ALL.contain(ArchitectureTests.class)).isTrue();
		assertThat(MAIN.contain(ArchitectureTests.class)).isFalse();
	}

	@Test
	void rootKnowsTheJdkAndReactorOnly() {
		ArchRuleDefinition.classes()
			.that()
			.resideInAPackage(ROOT)
			.should()
			.onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(ROOT, "java..", "reactor..",
					"org.reactivestreams", "org.jspecify.."))
			.check(MAIN);
	}

	@Test
	void codecKnowsTheRootOnly() {
		check("codec", ROOT);
	}

	@Test
	void hubKnowsTheRootAndCodecOnly() {
		check("hub", ROOT, ROOT + ".codec..");
	}

	@Test
	void streamKnowsTheRootAndCodecOnly() {
		check("stream", ROOT, ROOT + ".codec..");
	}

	@Test
	void streamKnowsNoServer() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(ROOT + ".stream..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.http.server..", "org.springframework.web.server..",
					"org.springframework.web.reactive..", "org.springframework.core.io.buffer..", "jakarta..")
			.check(MAIN);
	}

	@Test
	void webfluxKnowsTheRootAndCodecAndStreamOnly() {
		check("webflux", ROOT, ROOT + ".codec..", ROOT + ".stream..");
	}

	@Test
	void metricsKnowsTheRootAndStreamOnly() {
		check("metrics", ROOT, ROOT + ".stream..");
	}

	@Test
	void actuateKnowsTheRootAndStreamOnly() {
		check("actuate", ROOT, ROOT + ".stream..");
	}

	@Test
	void micrometerStaysInMetricsAndItsWiring() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(ROOT + ".metrics..", ROOT + ".autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer..")
			.check(MAIN);
	}

	private void check(String name, String... known) {
		String self = ROOT + "." + name + "..";
		DescribedPredicate<JavaClass> ours = JavaClass.Predicates.resideInAPackage(ROOT + "..");
		DescribedPredicate<JavaClass> allowed = JavaClass.Predicates.resideInAnyPackage(known)
			.or(JavaClass.Predicates.resideInAPackage(self));
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage(self)
			.should()
			.dependOnClassesThat(ours.and(allowed.negate()))
			.check(MAIN);
	}

	@Test
	void noOtherPackageKnowsTheAutoConfiguration() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage(ROOT + ".autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage(ROOT + ".autoconfigure..")
			.check(MAIN);
	}

	@Test
	void packagesHaveNoCycles() {
		SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".codec", ".hub", ".stream", ".webflux", ".metrics", ".actuate", ".autoconfigure" })
	void classesOfAPackageFormNoCircle(String name) {
		SlicesRuleDefinition.slices().assignedFrom(new TopLevelClasses(name)).should().beFreeOfCycles().check(MAIN);
	}

	@Test
	void jacksonStaysInCodecAndItsWiring() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(ROOT + ".codec..", ROOT + ".autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("tools.jackson..", "com.fasterxml..")
			.check(MAIN);
	}

	@Test
	void nettyStaysInClassesOfItsName() {
		ArchRuleDefinition.noClasses()
			.that()
			.haveNameNotMatching(".*\\.Netty(Transport|Socket|Chunks)(\\$.*)?")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "reactor.netty..")
			.check(MAIN);
	}

	@Test
	void springBootStaysInTheAutoConfigurationAndTheEndpoint() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(ROOT + ".autoconfigure..", ROOT + ".actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(MAIN);
	}

	@Test
	void autoConfigurationsAreFinalWithoutPublicMembers() {
		ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.bePublic()
			.andShould(haveNoPublicMembers())
			.check(MAIN);
	}

	@Test
	void everyPackageIsNullMarked() {
		for (JavaPackage each : MAIN.getPackage(ROOT).getSubpackagesInTree()) {
			assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue();
		}
		assertThat(MAIN.getPackage(ROOT).isAnnotatedWith(NullMarked.class)).isTrue();
	}

	@Test
	void stepVerifiersHaveALimit() {
		ArchRuleDefinition.noClasses()
			.should(ArchConditions
				.callMethodWhere(method("reactor\\.test\\.StepVerifier.*", "verifyComplete|verifyError.*")))
			.because("it can wait for ever: use expectComplete().verify(Duration)")
			.check(ALL);
	}

	@Test
	void noLogOperatorIsLeftBehind() {
		ArchRuleDefinition.noClasses()
			.should(ArchConditions.callMethodWhere(method("reactor\\.core\\.publisher\\.(Flux|Mono)", "log")))
			.check(ALL);
	}

	@Test
	void noThreadSleeps() {
		ArchRuleDefinition.noClasses()
			.should(ArchConditions.callMethodWhere(method("java\\.lang\\.Thread", "sleep")))
			.check(ALL);
	}

	@Test
	void testsAssumeWithJupiterOnly() {
		ArchRuleDefinition.noClasses()
			.should()
			.dependOnClassesThat()
			.haveNameMatching(
					"org\\.assertj\\.core\\.api\\..*Assumptions|org\\.testng\\.SkipException|org\\.junit\\.Assume")
			.because("AssertJ throws TestNG's exception if it is there, and Jupiter takes that for an error")
			.check(ALL);
	}

	@Test
	void testsAreTopLevelClassesOrNested() {
		ArchRuleDefinition.noClasses()
			.that()
			.areMemberClasses()
			.and()
			.areNotAnnotatedWith(Nested.class)
			.should()
			.haveSimpleNameEndingWith("Tests")
			.because("Surefire leaves out the names of classes that have a $, so that such tests never run")
			.check(ALL);
	}

	@Test
	void leafClassesThatAreNotPublicAreFinal() {
		ArchRule rule = ArchRuleDefinition.classes()
			.that()
			.areNotPublic()
			.and()
			.areTopLevelClasses()
			.and()
			.areNotInterfaces()
			.and()
			.doNotHaveModifier(JavaModifier.ABSTRACT)
			.and()
			.doNotHaveSimpleName("package-info")
			.should()
			.haveModifier(JavaModifier.FINAL);
		rule.check(MAIN);
	}

	private static DescribedPredicate<JavaMethodCall> method(String owner, String name) {
		return DescribedPredicate.describe("calls " + owner + "." + name,
				(call) -> call.getTargetOwner().getName().matches(owner) && call.getName().matches(name));
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return new ArchCondition<>("have no public members") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				type.getMembers()
					.stream()
					.filter((member) -> member.getModifiers().contains(JavaModifier.PUBLIC))
					.filter((member) -> !member.getName().equals("<init>"))
					.forEach((member) -> events.add(SimpleConditionEvent.violated(member, member.getFullName())));
			}

		};
	}

	/**
	 * Assigns each top-level class of a package, with its nested classes, to a slice.
	 */
	private static final class TopLevelClasses implements SliceAssignment {

		private final String packageName;

		private TopLevelClasses(String name) {
			this.packageName = ROOT + name;
		}

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass type) {
			String topLevel = type.getName().replaceAll("\\$.*", "");
			return type.getPackageName().equals(this.packageName) ? SliceIdentifier.of(topLevel)
					: SliceIdentifier.ignore();
		}

		@Override
		public String getDescription() {
			return "each top-level class of " + this.packageName;
		}

	}

}
