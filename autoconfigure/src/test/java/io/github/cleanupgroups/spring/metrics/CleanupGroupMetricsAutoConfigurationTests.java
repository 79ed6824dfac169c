package io.github.cleanupgroups.spring.metrics;

import java.net.http.HttpResponse;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When there are meters of groups, and when there are none.
 */
@Timeout(120)
class CleanupGroupMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
				CleanupGroupMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
		.withPropertyValues("cleanup-groups.groups.mail.pool=default");

	@Test
	void groups_withoutMicrometer_workWithoutMeters() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.withUserConfiguration(WebApplication.Everything.class)
			.withPropertyValues("cleanup-groups.groups.mail.pool=default")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("cleanupGroupMetrics");
				assertThat(submitted(context.getBean(CleanupGroups.class))).isEqualTo("ran");
			});
	}

	@Test
	void groups_withoutMeterRegistry_workWithoutMeters() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
					CleanupGroupMetricsAutoConfiguration.class))
			.withPropertyValues("cleanup-groups.groups.mail.pool=default")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("cleanupGroupMetrics");
				assertThat(submitted(context.getBean(CleanupGroups.class))).isEqualTo("ran");
			});
	}

	@Test
	void meters_withLazyInitialization_areThereFromTheStart() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("cleanupGroupMetrics")).isTrue());
	}

	@Test
	void meterRegistry_whereAPostProcessorUsesGroups_isCustomizedAllTheSame() {
		this.runner.withUserConfiguration(EarlyUse.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(MeterRegistry.class)
				.get("cleanup.group.rejected")
				.tags("group", "mail", "application", "shop")
				.counter()).isNotNull();
		});
	}

	@Test
	void prometheusScrape_ofRunningApplication_showsTheMeters() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.pool=default",
				"management.endpoints.web.exposure.include=prometheus")) {
			assertThat(submitted(application.bean(CleanupGroups.class))).isEqualTo("ran");
			application.bean(CleanupGroups.class).get("mail").closeMembers(CloseOptions.awaitPending());
			HttpResponse<String> scrape = application.get("/actuator/prometheus");
			assertThat(scrape.statusCode()).isEqualTo(200);
			assertThat(scrape.body().lines())
				.containsAll(List.of("cleanup_group_members{group=\"mail\",kind=\"callback\",state=\"queued\"} 0.0",
						"cleanup_group_callbacks_seconds_count{group=\"mail\",kind=\"callback\",outcome=\"success\"} 1",
						"cleanup_group_callbacks_wait_seconds_count{group=\"mail\"} 1",
						"cleanup_group_callbacks_cancelled_total{group=\"mail\"} 0.0",
						"cleanup_group_rejected_total{group=\"mail\"} 0.0",
						"cleanup_group_close_seconds_count{group=\"mail\",mode=\"await\",outcome=\"completed\"} 1"));
		}
	}

	private static String submitted(CleanupGroups groups) {
		return groups.environment("mail").submit(() -> "ran").join();
	}

	/**
	 * Groups are needed before the meter registry could be complete.
	 */
	@Configuration(proxyBeanMethods = false)
	static class EarlyUse {

		@Bean
		static BeanPostProcessor earlyUser(ObjectProvider<CleanupGroups> groups) {
			submitted(groups.getObject());
			return new BeanPostProcessor() {
			};
		}

		@Bean
		MeterRegistryCustomizer<MeterRegistry> applicationTag() {
			return (registry) -> registry.config().commonTags("application", "shop");
		}

	}

}
