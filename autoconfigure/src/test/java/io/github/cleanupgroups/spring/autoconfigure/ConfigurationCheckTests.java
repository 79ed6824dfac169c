package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is wrong with the configuration ends the start, with a sentence that names the key
 * and one that names the way out.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationCheckTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class));

	@Test
	void key_misspelt_isNamedWithTheOneThatWasMeant() {
		assertThatStartFails("cleanup-groups.groups.mail.tiemout=5s")
			.describes("'cleanup-groups.groups.mail.tiemout' is unknown")
			.advises("Did you mean 'timeout'?");
		assertThatStartFails("cleanup-groups.shutdown.deadlin=5s")
			.describes("'cleanup-groups.shutdown.deadlin' is unknown")
			.advises("Did you mean 'deadline'?");
		assertThatStartFails("cleanup-groups.group.mail.timeout=5s")
			.describes("'cleanup-groups.group.mail.timeout' is unknown")
			.advises("Did you mean 'groups'?");
		assertThatStartFails("cleanup-groups.pools.work.size=5")
			.describes("'cleanup-groups.pools.work.size' is unknown")
			.advises("There are: min-threads, max-threads, keep-alive, virtual");
	}

	@Test
	void value_ofASourceThatCannotListItsKeys_isCheckedAsEver() {
		this.runner
			.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(unlisted("-1s")))
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("'cleanup-groups.shutdown.deadline'"));
		this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(unlisted("7s")))
			.run((context) -> assertThat(context.getBean(CleanupGroupsProperties.class).shutdown().deadline())
				.isEqualTo(Duration.ofSeconds(7)));
	}

	private static PropertySource<Object> unlisted(String deadline) {
		return new PropertySource<>("unlisted", new Object()) {

			@Override
			public @Nullable Object getProperty(String name) {
				return name.equals("cleanup-groups.shutdown.deadline") ? deadline : null;
			}

		};
	}

	@Test
	void value_ofThePrefixItself_isNoConfiguration() {
		this.runner.withPropertyValues("cleanup-groups=mail")
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("cleanup-groups"));
	}

	@Test
	void key_ofANameWithADot_isToldOfBrackets() {
		assertThatStartFails("cleanup-groups.groups.mail.v2.timeout=5s").advises("cleanup-groups.groups[a.b]");
		this.runner.withPropertyValues("cleanup-groups.groups[mail.v2].timeout=5s")
			.run((context) -> assertThat(context).hasBean("mailV2CleanupGroup"));
	}

	@Test
	void keys_severalWrong_areAllNamed() {
		assertThatStartFails("cleanup-groups.groups.mail.tiemout=5s", "cleanup-groups.pools.work.maxthread=2")
			.describes("tiemout")
			.describes("maxthread");
	}

	@Test
	void keys_writtenInAnotherForm_areKnown() {
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.onClose=cancel",
					"cleanup-groups.groups.mail.max_concurrency=3", "cleanup-groups.groups.audit.closes-after[0]=mail",
					"cleanup-groups.groups.mail.timeout=1s")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void key_misspeltInTheEnvironment_isFoundUnlessItMayBeAnothersVariable() {
		startWithEnvironment(
				Map.of("CLEANUPGROUPS_SERVICE_HOST", "10.0.0.1", "CLEANUPGROUPS_GROUPS_MAIL_TIMEOUT", "5s"),
				(context) -> assertThat(context).hasNotFailed().hasBean("mailCleanupGroup"));
		startWithEnvironment(Map.of("CLEANUPGROUPS_GROUPS_MAIL_TIEMOUT", "5s"),
				(context) -> failed(context).describes("is unknown").advises("Did you mean 'timeout'?"));
	}

	private void startWithEnvironment(Map<String, Object> variables,
			org.springframework.boot.test.context.runner.ContextConsumer<AssertableApplicationContext> check) {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								variables)))
			.run(check);
	}

	@Test
	void threads_minimumAboveMaximum_failTheStart() {
		assertThatStartFails("cleanup-groups.pools.work.min-threads=5", "cleanup-groups.pools.work.max-threads=4")
			.describes("'cleanup-groups.pools.work.min-threads' is 5")
			.describes("'cleanup-groups.pools.work.max-threads' is 4")
			.advises("Lower min-threads or raise max-threads of pool 'work'");
		assertThatStartFails("cleanup-groups.pools.default.min-threads=100000").describes("by default");
	}

	@Test
	void limits_belowTheirLeast_failTheStart() {
		assertThatStartFails("cleanup-groups.pools.work.min-threads=-1").describes("pools.work.min-threads");
		assertThatStartFails("cleanup-groups.pools.work.max-threads=0").describes("pools.work.max-threads")
			.advises("1 or more");
		assertThatStartFails("cleanup-groups.groups.mail.max-concurrency=0").describes("groups.mail.max-concurrency");
		assertThatStartFails("cleanup-groups.groups.mail.queue-capacity=-3").describes("groups.mail.queue-capacity");
		assertThatStartFails("cleanup-groups.groups.mail.weight=0").describes("groups.mail.weight");
	}

	@Test
	void durations_negative_failTheStart() {
		assertThatStartFails("cleanup-groups.groups.mail.timeout=-1s")
			.describes("'cleanup-groups.groups.mail.timeout' must not be -1s");
		assertThatStartFails("cleanup-groups.groups.mail.interrupt-after=-1s").describes("mail.interrupt-after");
		assertThatStartFails("cleanup-groups.pools.work.keep-alive=-1s").describes("pools.work.keep-alive");
		assertThatStartFails("cleanup-groups.shutdown.deadline=-1s").describes("shutdown.deadline");
		assertThatStartFails("cleanup-groups.shutdown.log-interval=0s").describes("shutdown.log-interval");
	}

	@Test
	void pool_unknown_failsTheStart() {
		assertThatStartFails("cleanup-groups.groups.mail.pool=wrok", "cleanup-groups.pools.work.max-threads=2")
			.describes("'cleanup-groups.groups.mail.pool' names a pool 'wrok' that is not there")
			.advises("Did you mean 'work'?")
			.advises("cleanup-groups.pools.wrok");
	}

	@Test
	void order_withAnUnknownGroup_failsTheStart() {
		assertThatStartFails("cleanup-groups.groups.mail.closes-after=adit", "cleanup-groups.groups.audit.weight=1")
			.describes("'cleanup-groups.groups.mail.closes-after' names a group 'adit' that is not there")
			.advises("Did you mean 'audit'?");
	}

	@Test
	void order_withACycle_failsTheStart() {
		assertThatStartFails("cleanup-groups.groups.a.closes-after=b", "cleanup-groups.groups.b.closes-after=c",
				"cleanup-groups.groups.c.closes-after=a")
			.describes("'cleanup-groups.groups.a.closes-after' leads back")
			.describes("a closes after b closes after c closes after a")
			.advises("Remove one of these names");
		assertThatStartFails("cleanup-groups.groups.a.closes-after=a").describes("a closes after a");
	}

	@Test
	void order_againstThePhases_failsTheStart() {
		assertThatStartFails("cleanup-groups.groups.late.closes-after=early", "cleanup-groups.groups.late.phase=20",
				"cleanup-groups.groups.early.phase=10")
			.describes("'cleanup-groups.groups.late.closes-after'")
			.advises("Lower 'cleanup-groups.groups.late.phase'");
	}

	@Test
	void names_thatGiveOneBean_failTheStart() {
		assertThatStartFails("cleanup-groups.groups.order-mail.weight=1", "cleanup-groups.groups.orderMail.weight=1")
			.describes("differ in punctuation or case only")
			.advises("rename one");
	}

	@Test
	void beanName_taken_failsTheStart() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1")
			.withUserConfiguration(TakenGroup.class)
			.run((context) -> failed(context).describes("'cleanup-groups.groups.mail'")
				.describes("'mailCleanupGroup'")
				.advises("Rename the bean"));
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreads_askedForBelowJava21_failTheStart() {
		assertThatStartFails("cleanup-groups.pools.work.virtual=true")
			.describes("'cleanup-groups.pools.work.virtual' is true")
			.advises("Run on Java 21 or later");
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisabledForJreRange(max = JRE.JAVA_20)
	void virtualThreads_fromJava21On_areInheritedUnlessThePoolSaysOtherwise() {
		this.runner
			.withPropertyValues("spring.threads.virtual.enabled=true", "cleanup-groups.pools.work.virtual=false",
					"cleanup-groups.groups.mail.pool=work", "cleanup-groups.groups.audit.weight=1")
			.run((context) -> {
				CleanupGroups groups = context.getBean(CleanupGroups.class);
				assertThat(threadType(groups, "audit")).isEqualTo("java.lang.VirtualThread");
				assertThat(threadType(groups, "mail")).isNotEqualTo("java.lang.VirtualThread");
			});
		this.runner.withPropertyValues("cleanup-groups.pools.work.virtual=true", "cleanup-groups.groups.mail.pool=work")
			.run((context) -> assertThat(threadType(context.getBean(CleanupGroups.class), "mail"))
				.isEqualTo("java.lang.VirtualThread"));
	}

	private static String threadType(CleanupGroups groups, String group) {
		return groups.environment(group).submit(() -> Thread.currentThread().getClass().getName()).join();
	}

	@Test
	void timeout_aboveTheDeadline_isAWarningOnly(CapturedOutput output) {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.timeout=30s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("'cleanup-groups.groups.mail.timeout' is 30s")
			.contains("'cleanup-groups.shutdown.deadline' (25s)");
	}

	@Test
	void group_unknownInABean_isAnalysed() {
		this.runner.withPropertyValues("cleanup-groups.groups.audit.weight=1")
			.withUserConfiguration(AsksForUnknown.class)
			.run((context) -> {
				assertThat(context).hasFailed();
				FailureAnalysis analysis = new NoSuchGroupFailureAnalyzer().analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("'mial'").contains("audit");
				assertThat(analysis.getAction()).contains("cleanup-groups.groups.mial");
			});
	}

	@Test
	void shares_aboveTheDeadline_failTheStart() {
		assertThatStartFails("cleanup-groups.groups.mail.min-share=26s")
			.describes("reserved by 'cleanup-groups.groups.mail.min-share' (26s) is above")
			.describes("'cleanup-groups.shutdown.deadline' (25s)")
			.advises("to 26s or more");
		assertThatStartFails("cleanup-groups.groups.mail.min-share=20s", "cleanup-groups.groups.audit.min-share=6s",
				"cleanup-groups.groups.audit.closes-after=mail")
			.describes("'cleanup-groups.groups.mail.min-share' (20s), 'cleanup-groups.groups.audit.min-share' (6s)")
			.describes("one after another, is 26s");
		// Side by side they have the same time.
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.min-share=20s", "cleanup-groups.groups.audit.min-share=25s")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void durationsOfTheShutdown_outOfRange_failTheStart() {
		assertThatStartFails("cleanup-groups.groups.mail.min-share=-1s")
			.describes("'cleanup-groups.groups.mail.min-share' must not be -1s");
		assertThatStartFails("cleanup-groups.groups.mail.dump-after=-1s")
			.describes("'cleanup-groups.groups.mail.dump-after' must not be -1s");
		assertThatStartFails("cleanup-groups.shutdown.termination-grace-period=0s")
			.describes("'cleanup-groups.shutdown.termination-grace-period' must not be 0s");
		assertThatStartFails("cleanup-groups.shutdown.termination-grace-period=-1s")
			.describes("'cleanup-groups.shutdown.termination-grace-period' must not be -1s");
		assertThatStartFails("cleanup-groups.shutdown.pre-stop-delay=-1s")
			.describes("'cleanup-groups.shutdown.pre-stop-delay' must not be -1s");
	}

	@Test
	void value_whereKeysBelong_failsTheStart() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail=await")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("A group has keys below its name, not a value 'await'"));
	}

	private Analysis assertThatStartFails(String... settings) {
		Analysis[] analysis = new Analysis[1];
		this.runner.withPropertyValues(settings).run((context) -> analysis[0] = failed(context));
		return analysis[0];
	}

	private static Analysis failed(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = new CleanupGroupsConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
		assertThat(analysis).isNotNull();
		return new Analysis(analysis);
	}

	private record Analysis(FailureAnalysis analysis) {

		Analysis describes(String text) {
			assertThat(this.analysis.getDescription()).contains(text);
			return this;
		}

		Analysis advises(String text) {
			assertThat(this.analysis.getAction()).contains(text);
			return this;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TakenGroup {

		@Bean
		String mailCleanupGroup() {
			return "mine";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsksForUnknown {

		@Autowired
		void ask(CleanupGroups groups) {
			groups.get("mial");
		}

	}

}
