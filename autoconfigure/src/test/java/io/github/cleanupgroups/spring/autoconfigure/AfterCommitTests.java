package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.GroupClosedException;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Calls that become members at the commit of a transaction on a real database.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class AfterCommitTests {

	private final ApplicationContextRunner runner = GroupedContexts.runner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class))
		.withPropertyValues("spring.datasource.generate-unique-name=true")
		.withUserConfiguration(Letters.class);

	@Test
	void call_inATransaction_isAMemberAtItsCommitAndSeesWhatItWrote() {
		this.runner.run((context) -> {
			CleanupGroup group = context.getBean(CleanupGroups.class).get("mail");
			Mailer mailer = context.getBean(Mailer.class);
			CompletableFuture<Integer> counted = transaction(context).execute((status) -> {
				context.getBean(JdbcTemplate.class).update("insert into letter values (1)");
				CompletableFuture<Integer> future = mailer.count();
				mailer.send();
				assertThat(group.memberCounts().total()).isZero();
				assertThat(future).isNotDone();
				return future;
			});
			assertThat(counted.join()).isEqualTo(1);
			group.closeMembers(CloseOptions.awaitPending());
			assertThat(mailer.events()).containsExactlyInAnyOrder("counted", "sent");
		});
	}

	@Test
	void call_inATransactionRolledBack_isCancelled() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			CompletableFuture<Integer> counted = transaction(context).execute((status) -> {
				mailer.send();
				CompletableFuture<Integer> future = mailer.count();
				status.setRollbackOnly();
				return future;
			});
			assertThat(TestContexts.failureOf(counted)).isInstanceOfSatisfying(MemberCancelledException.class, (ex) -> {
				assertThat(ex.group()).isEqualTo("group 'mail'");
				assertThat(ex.member()).isEqualTo("Mailer.count");
				assertThat(ex.reason()).isEqualTo("the transaction was rolled back");
			});
			context.getBean(CleanupGroups.class).get("mail").closeMembers(CloseOptions.awaitPending());
			assertThat(mailer.events()).isEmpty();
		});
	}

	@Test
	void call_withoutATransaction_isAMemberAtOnce() {
		this.runner.run((context) -> assertThat(context.getBean(Mailer.class).count().join()).isZero());
	}

	@Test
	void call_cancelledBeforeTheCommit_neverBecomesAMember() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			Future<Integer> future = transaction(context).execute((status) -> {
				Future<Integer> counted = mailer.count();
				counted.cancel(true);
				return counted;
			});
			assertThat(future.isCancelled()).isTrue();
			context.getBean(CleanupGroups.class).get("mail").closeMembers(CloseOptions.awaitPending());
			assertThat(mailer.events()).isEmpty();
		});
	}

	@Test
	void call_refusedAtTheCommit_failsItsFutureAndNotTheTransaction() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			CompletableFuture<Integer> counted = transaction(context).execute((status) -> {
				jdbc.update("insert into letter values (1)");
				context.getBean(CleanupGroups.class).get("mail").refuse();
				mailer.send();
				return mailer.count();
			});
			assertThat(TestContexts.failureOf(counted)).isInstanceOf(GroupClosedException.class);
			assertThat(jdbc.queryForObject("select count(*) from letter", Integer.class)).isEqualTo(1);
			assertThat(context.getBean(Letters.class).uncaught).singleElement()
				.isInstanceOf(GroupClosedException.class);
		});
	}

	@Test
	void call_thatFailsToBeSubmittedAtTheCommit_failsItsFutureAndNotTheTransaction() {
		this.runner.withBean(TaskDecorator.class, () -> (task) -> {
			throw new IllegalStateException("planted");
		}).run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			CompletableFuture<Integer> counted = transaction(context).execute((status) -> {
				mailer.send();
				return mailer.count();
			});
			assertThat(TestContexts.failureOf(counted)).hasMessage("planted");
			assertThat(context.getBean(Letters.class).uncaught).singleElement()
				.isInstanceOf(IllegalStateException.class);
		});
	}

	@Test
	void call_besideASynchronizationThatThrows_isAMemberAllTheSame() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			List<CompletableFuture<Integer>> futures = new ArrayList<>();
			assertThatIllegalStateException().isThrownBy(() -> transaction(context).executeWithoutResult((status) -> {
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCommit() {
						throw new IllegalStateException("planned");
					}

				});
				futures.add(mailer.count());
			}));
			assertThat(futures.get(0).join()).isZero();
		});
	}

	@Test
	void call_thatShallWaitForCommitsWithoutSpringTx_failsTheStart() {
		GroupedContexts.runner()
			.withBean(Mailer.class, () -> new Mailer(new JdbcTemplate()))
			.withClassLoader(new FilteredClassLoader(TransactionSynchronizationManager.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("there is no spring-tx"));
	}

	private static TransactionTemplate transaction(ApplicationContext context) {
		return context.getBean(TransactionTemplate.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Letters {

		final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());

		Letters(JdbcTemplate jdbc) {
			jdbc.execute("create table letter (id int)");
		}

		@Bean
		AsyncUncaughtExceptionHandler uncaughtHandler() {
			return (failure, method, arguments) -> this.uncaught.add(failure);
		}

		@Bean
		Mailer mailer(JdbcTemplate jdbc) {
			return new Mailer(jdbc);
		}

	}

	static class Mailer {

		private final List<String> events = Collections.synchronizedList(new ArrayList<>());

		private final JdbcTemplate jdbc;

		Mailer(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@GroupedAsync(group = "mail", afterCommit = true)
		public CompletableFuture<Integer> count() {
			this.events.add("counted");
			return CompletableFuture
				.completedFuture(this.jdbc.queryForObject("select count(*) from letter", Integer.class));
		}

		public List<String> events() {
			return this.events;
		}

		@GroupedAsync(group = "mail", afterCommit = true)
		public void send() {
			this.events.add("sent");
		}

	}

}
