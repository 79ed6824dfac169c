package io.github.cleanupgroups.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The bean definitions that configured names give, written down ahead of time.
 */
@Timeout(120)
class AheadOfTimeTests {

	private static final String[] SETTINGS = { "cleanup-groups.groups.mail.pool=work",
			"cleanup-groups.groups.mail.phase=7", "cleanup-groups.pools.work.max-threads=2" };

	@Test
	@CompileWithForkedClassLoader
	void context_processedAheadOfTime_hasBeansAndLifecycles() {
		AnnotationConfigApplicationContext source = TestContexts.prepared(SETTINGS);
		TestGenerationContext generation = new TestGenerationContext();
		new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
		generation.writeGeneratedContent();
		source.close();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			GenericApplicationContext context = new GenericApplicationContext();
			TestPropertyValues.of(SETTINGS).applyTo(context);
			initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(context);
			context.refresh();
			CleanupGroup group = context.getBean("mailCleanupGroup", CleanupGroup.class);
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			assertThat(group).isSameAs(groups.get("mail"));
			assertThat(context.getBean("workThreadPool", ThreadPool.class)).isSameAs(groups.pool("mail"));
			TaskExecutor executor = BeanFactoryAnnotationUtils.qualifiedBeanOfType(context.getBeanFactory(),
					TaskExecutor.class, "mail");
			assertThat(executor).isSameAs(context.getBean("mailTaskExecutor"));
			assertThatExceptionOfType(UnsatisfiedDependencyException.class)
				.isThrownBy(() -> context.getBeanFactory().createBean(NeedsExecutor.class));
			assertThat(context.getBeansOfType(GroupsLifecycle.class)).hasSize(2);
			context.close();
			assertThat(group.isClosed()).isTrue();
		});
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> generated) {
		return (ApplicationContextInitializer<GenericApplicationContext>) generated;
	}

	static class NeedsExecutor {

		NeedsExecutor(TaskExecutor executor) {
			assertThat(executor).isNull();
		}

	}

}
