package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Members that use a database at the end of the application.
 */
@Timeout(120)
class JdbcMemberTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
				CleanupGroupsAutoConfiguration.class))
		.withPropertyValues("cleanup-groups.groups.store.on-close=await",
				"spring.datasource.url=jdbc:h2:mem:members;DB_CLOSE_DELAY=-1",
				"spring.datasource.generate-unique-name=false")
		.withUserConfiguration(Storing.class);

	// One of the product's reasons: nothing in Spring waits for virtual threads.
	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void jdbcMember_onAVirtualThread_finishesBeforeItsDataSourceCloses() {
		assertThatMemberFinishes(this.runner.withPropertyValues("spring.threads.virtual.enabled=true"),
				"java.lang.VirtualThread");
	}

	@Test
	void jdbcMember_onAPlatformThread_finishesBeforeItsDataSourceCloses() {
		assertThatMemberFinishes(this.runner, "java.lang.Thread");
	}

	private static void assertThatMemberFinishes(ApplicationContextRunner runner, String threadType) {
		CompletableFuture<CompletableFuture<String>> member = new CompletableFuture<>();
		CompletableFuture<DataSource> dataSource = new CompletableFuture<>();
		CompletableFuture<String> type = new CompletableFuture<>();
		runner.run((context) -> {
			Storing storing = context.getBean(Storing.class);
			member.complete(storing.store(type, Thread.currentThread()));
			dataSource.complete(context.getBean(DataSource.class));
			storing.getBegun().await();
		});
		assertThat(member.join()).isCompletedWithValue("stored, and the data source is open");
		assertThat(type).isCompletedWithValue(threadType);
		assertThat(((HikariDataSource) dataSource.join()).isClosed()).isTrue();
	}

	@EnableAsync(proxyTargetClass = true)
	static class Storing {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final JdbcTemplate jdbc;

		private final CleanupGroups groups;

		Storing(JdbcTemplate jdbc, CleanupGroups groups) {
			this.jdbc = jdbc;
			this.groups = groups;
		}

		public CountDownLatch getBegun() {
			return this.begun;
		}

		@Async("store")
		public CompletableFuture<String> store(CompletableFuture<String> type, Thread closer) {
			type.complete(Thread.currentThread().getClass().getName());
			this.begun.countDown();
			HikariDataSource dataSource = (HikariDataSource) this.jdbc.getDataSource();
			while (!waitsForMembers(closer) && !dataSource.isClosed()) {
				Thread.onSpinWait();
			}
			this.jdbc.queryForObject("SELECT 1", Integer.class);
			return CompletableFuture
				.completedFuture("stored, and the data source is " + (dataSource.isClosed() ? "closed" : "open"));
		}

		/** Whoever closes the context closes nothing else meanwhile. */
		private boolean waitsForMembers(Thread closer) {
			return this.groups.get("store").isClosing() && closer.getState() == Thread.State.TIMED_WAITING;
		}

	}

}
