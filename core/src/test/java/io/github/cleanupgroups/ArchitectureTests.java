package io.github.cleanupgroups;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * What the core may depend on, how its packages hang together, and how tests are named.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.cleanupgroups";

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT);

	private static final JavaClasses TESTS = new ClassFileImporter()
		.withImportOption(new ImportOption.OnlyIncludeTests())
		.importPackages(ROOT);

	private static final DescribedPredicate<JavaClass> IN_A_NULL_MARKED_PACKAGE = describe("in a @NullMarked package",
			(type) -> type.getPackage().isAnnotatedWith(NullMarked.class));

	private static final DescribedPredicate<JavaClass> RUN_BY_SUREFIRE = describe("are run: named *Tests, or abstract",
			(type) -> type.getName().replaceAll("\\$.*", "").endsWith("Tests")
					|| type.getModifiers().contains(JavaModifier.ABSTRACT));

	@Test
	void mainClasses_whateverTheyDo_dependOnTheJdkAndSmallLibrariesOnly() {
		classes().should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(ROOT + "..", "java..", "org.jspecify..", "jdk.jfr..", "org.jctools..",
					"com.google.errorprone.annotations..")
			.check(MAIN);
	}

	@Test
	void packages_whateverTheyHold_haveTellingNames() {
		noClasses().should()
			.resideInAnyPackage("..util..", "..common..", "..support..", "..manager..", "..impl..")
			.check(MAIN);
	}

	@Test
	void packages_takenTogether_haveNoCycles() {
		slices().matching("(**)").should().beFreeOfCycles().check(MAIN);
	}

	@Test
	void packages_ofMainClasses_areNullMarked() {
		classes().should(be(IN_A_NULL_MARKED_PACKAGE)).check(MAIN);
	}

	@Test
	void testMethods_inEveryTest_areNamedSubjectConditionOutcome() {
		methods().that()
			.areMetaAnnotatedWith(Testable.class)
			.should()
			.haveNameMatching("[a-z][A-Za-z0-9]*(_[a-zA-Z0-9]+){2,}")
			.check(TESTS);
	}

	@Test
	void testMethods_inEveryTest_areInClassesThatSurefireRuns() {
		methods().that()
			.areMetaAnnotatedWith(Testable.class)
			.should()
			.beDeclaredInClassesThat(RUN_BY_SUREFIRE)
			.check(TESTS);
	}

}
