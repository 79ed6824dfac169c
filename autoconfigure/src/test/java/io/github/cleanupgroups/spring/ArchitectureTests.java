package io.github.cleanupgroups.spring;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.conditions.ArchConditions.bePublic;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring Boot's own conventions for auto-configurations, and how tests are named.
 */
class ArchitectureTests {

	private static final String ROOT = "io.github.cleanupgroups.spring";

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT);

	private static final JavaClasses TESTS = new ClassFileImporter()
		.withImportOption(new ImportOption.OnlyIncludeTests())
		.importPackages(ROOT);

	private static final DescribedPredicate<JavaCodeUnit> NO_IMPLICIT_CONSTRUCTOR = describe(
			"are no implicit constructor", (unit) -> !unit.isConstructor() || !unit.getRawParameterTypes().isEmpty());

	private static final DescribedPredicate<JavaClass> IN_A_NULL_MARKED_PACKAGE = describe("in a @NullMarked package",
			(type) -> type.getPackage().isAnnotatedWith(NullMarked.class));

	private static final DescribedPredicate<JavaClass> RUN_BY_SUREFIRE = describe("are run: named *Tests, or abstract",
			(type) -> type.getName().replaceAll("\\$.*", "").endsWith("Tests")
					|| type.getModifiers().contains(JavaModifier.ABSTRACT));

	@Test
	void autoConfigurations_asClasses_arePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(MAIN);
	}

	@Test
	void autoConfigurations_toTheOutside_offerNoPublicMembers() {
		codeUnits().that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.and(NO_IMPLICIT_CONSTRUCTOR)
			.should(not(bePublic()))
			.check(MAIN);
	}

	@Test
	void autoConfigurations_inTheImportsFile_areListedAllAndAlone() {
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
			.filteredOn((name) -> name.startsWith(ROOT))
			.containsExactlyInAnyOrderElementsOf(MAIN.stream()
				.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
				.map(JavaClass::getName)
				.toList());
	}

	@Test
	void beanMethods_ofBeanPostProcessors_areStatic() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.and()
			.haveRawReturnType(JavaClass.Predicates.assignableTo(BeanPostProcessor.class))
			.should()
			.beStatic()
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void beanMethods_whoseTypesMayBeMissing_leaveConditionalOnClassToTheirClass() {
		methods().that().areAnnotatedWith(Bean.class).should().notBeAnnotatedWith(ConditionalOnClass.class).check(MAIN);
	}

	@Test
	void kotlin_whichMayBeMissing_isNeededByOneClassOnly() {
		noClasses().that()
			.haveNameNotMatching(".*[.]MemberDispatcher([$].*)?")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("kotlin..", "kotlinx..")
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
