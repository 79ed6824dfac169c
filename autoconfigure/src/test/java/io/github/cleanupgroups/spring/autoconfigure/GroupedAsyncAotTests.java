package io.github.cleanupgroups.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;

import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What ahead-of-time processing prepares.
 */
@Timeout(120)
class GroupedAsyncAotTests {

	@Test
	void aheadOfTime_ofABeanWithAGroupedMethod_hintsAtTheMethodAndMakesTheProxy() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(Mailer.class);
			context.register(GroupedAsyncAutoConfiguration.class);
			TestGenerationContext generated = new TestGenerationContext();
			new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
			assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Mailer.class, "send"))
				.accepts(generated.getRuntimeHints());
			assertThat(generated.getGeneratedFiles().getGeneratedFiles(Kind.CLASS).keySet())
				.anyMatch((name) -> name.contains("Mailer$$SpringCGLIB"));
		}
	}

	static class Mailer {

		@GroupedAsync("mail")
		public void send() {
		}

	}

}
