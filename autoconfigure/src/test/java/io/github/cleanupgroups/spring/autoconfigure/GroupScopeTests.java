package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Beans that live as long as the members that share them.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class GroupScopeTests {

	private static final String[] SETTINGS = { "cleanup-groups.groups.mail.on-close=await",
			"cleanup-groups.groups.audit.on-close=await" };

	private final AnnotationConfigApplicationContext context = TestContexts.prepared(SETTINGS);

	private CleanupGroups groups;

	private Caller caller;

	private Log log;

	@BeforeEach
	void start() {
		this.context.register(Scoped.class);
		this.context.refresh();
		this.groups = this.context.getBean(CleanupGroups.class);
		this.caller = this.context.getBean(Caller.class);
		this.log = this.context.getBean(Log.class);
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void bean_forMembersOfOneGroup_isTheSameAndForAnotherGroupAnother() {
		int first = in("mail");
		assertThat(in("mail")).isEqualTo(first);
		assertThat(in("audit")).isNotEqualTo(first);
		CleanupGroup opened = this.groups.open("session", this.groups.get("mail"));
		assertThat(in("session")).isNotIn(first, in("audit"));
		assertThat(this.log.lines).containsExactly("created 1", "created 2", "created 3");
		opened.close();
		assertThat(this.log.lines).endsWith("destroyed 3").hasSize(4);
	}

	@Test
	void bean_ofAClose_isDestroyedAfterTheLastCallbackAndBeforeTheReport() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		CountDownLatch running = new CountDownLatch(1);
		CompletableFuture<Integer> number = this.groups.environment("mail").submit(() -> {
			this.caller.number();
			running.countDown();
			GroupedContexts.await(go);
			this.log.lines.add("ended");
			return this.caller.number();
		});
		GroupedContexts.await(running);
		CompletableFuture<CloseReport> close = this.groups.get("mail").closeMembersAsync(CloseOptions.awaitPending());
		assertThat(in("mail")).as("joined since").isEqualTo(2);
		go.countDown();
		assertThat(close.join().failures()).isEmpty();
		assertThat(number.join()).isEqualTo(1);
		assertThat(this.log.lines).containsExactly("created 1", "created 2", "ended", "destroyed 1");
	}

	@Test
	void bean_askedForByManyAtOnce_isCreatedOnce() {
		List<CompletableFuture<Integer>> numbers = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			numbers.add(this.groups.environment("mail").submit(this.caller::number));
		}
		assertThat(numbers).allSatisfy((number) -> assertThat(number.join()).isEqualTo(1));
	}

	@Test
	void bean_outsideOfEveryGroup_isAnErrorThatNamesTheWayOut() {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(this.caller::number)
			.withMessageContaining("runs no member of a cleanup group")
			.withMessageContaining("groups.inScope(");
	}

	@Test
	void bean_ofANamedGroup_isThatOfItsMembers() {
		int number = in("mail");
		assertThat(this.groups.<Integer>inScope("mail", this.caller::number)).isEqualTo(number);
		// A member that runs inside is the inner one.
		assertThat(this.groups.<Integer>inScope("audit", () -> in("mail"))).isEqualTo(number);
		int other = this.groups.environment("mail")
			.submit(() -> this.groups.<Integer>inScope("audit", this.caller::number))
			.join();
		assertThat(other).isEqualTo(in("audit")).isNotEqualTo(number);
	}

	@Test
	void beans_ofTheContext_areDestroyedWithIt() {
		this.groups.inScope("audit", this.caller::number);
		in("mail");
		this.context.close();
		assertThat(this.log.lines).contains("destroyed 1", "destroyed 2");
	}

	@Test
	void beans_whoseDestructionsAllFail_areAllDestroyedAndTheCloseReportsTheFirstFailure() throws Exception {
		this.context.getBeanFactory().addBeanPostProcessor(new DestructionAwareBeanPostProcessor() {

			@Override
			public void postProcessBeforeDestruction(Object bean, String beanName) {
				if (bean instanceof Connection ending) {
					GroupScopeTests.this.log.lines.add("ending " + ending.number());
					throw new AssertionError("planted " + ending.number());
				}
			}

		});
		this.groups.inScope("mail", () -> {
			this.context.getBean("connection", Connection.class).number();
			return this.context.getBean("spare", Connection.class).number();
		});
		CloseReport report = this.groups.get("mail").closeMembers(CloseOptions.awaitPending());
		assertThat(this.log.lines).containsExactly("created 1", "created 2", "ending 2", "ending 1");
		assertThat(report.failures()).singleElement().satisfies((failure) -> {
			assertThat(failure).hasMessage("planted 2");
			assertThat(failure.getSuppressed()).singleElement()
				.satisfies((other) -> assertThat(other).hasMessage("planted 1"));
		});
	}

	// As Spring refuses it where one thread creates both.
	@ParameterizedTest
	@ValueSource(strings = { "mail", "audit" })
	void beans_thatNeedEachOtherAndAreCreatedByTwoThreads_areAnErrorThatNamesThem(String other) {
		this.context.getBean(Pair.class).groupOfRight = other;
		CompletableFuture<Object> left = this.groups.environment("mail").submit(() -> this.context.getBean("left"));
		CompletableFuture<Object> right = this.groups.environment(other).submit(() -> this.context.getBean("right"));
		assertThat(List.of(left, right)).allSatisfy((bean) -> assertThat(bean).failsWithin(20, TimeUnit.SECONDS)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(BeanCurrentlyInCreationException.class)
			.withMessageContaining("creates 'left' of group 'mail' and needs 'right' of group '%s'", other)
			.withMessageContaining("creates 'right' of group '%s' and needs 'left' of group 'mail'", other)
			.withMessageContaining("ObjectProvider"));
		assertThatExceptionOfType(BeanCreationException.class).as("on one thread, after that")
			.isThrownBy(() -> this.groups.<Object>inScope("mail", () -> this.context.getBean("left")))
			.havingRootCause()
			.isInstanceOf(BeanCurrentlyInCreationException.class);
	}

	@Test
	@CompileWithForkedClassLoader
	void scope_processedAheadOfTime_works() {
		AnnotationConfigApplicationContext source = TestContexts.prepared(SETTINGS);
		source.register(Scoped.class);
		TestGenerationContext generation = new TestGenerationContext();
		new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
		generation.writeGeneratedContent();
		source.close();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			GenericApplicationContext generated = new GenericApplicationContext();
			TestPropertyValues.of(SETTINGS).applyTo(generated);
			initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(generated);
			generated.refresh();
			Caller called = generated.getBean(Caller.class);
			assertThat(generated.getBean(CleanupGroups.class).environment("mail").submit(called::number).join())
				.isEqualTo(1);
			generated.close();
			assertThat(generated.getBeanFactory().getBeanDefinitionCount()).isPositive();
		});
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> generated) {
		return (ApplicationContextInitializer<GenericApplicationContext>) generated;
	}

	private int in(String group) {
		return this.groups.environment(group).submit(this.caller::number).join();
	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@GroupScope
		Connection connection(Log log) {
			return new Connection(log);
		}

		@Bean
		@GroupScope
		Connection spare(Log log) {
			return new Connection(log);
		}

		@Bean
		@GroupScope(proxyMode = ScopedProxyMode.NO)
		Object left(BeanFactory beans, CleanupGroups groups, Pair pair) {
			pair.awaitBoth();
			return groups.inScope(pair.groupOfRight, () -> beans.getBean("right"));
		}

		@Bean
		@GroupScope(proxyMode = ScopedProxyMode.NO)
		Object right(BeanFactory beans, CleanupGroups groups, Pair pair) {
			pair.awaitBoth();
			return groups.inScope("mail", () -> beans.getBean("left"));
		}

		@Bean
		Pair pair() {
			return new Pair();
		}

		@Bean
		Caller caller(Connection connection) {
			return new Caller(connection);
		}

		@Bean
		Log log() {
			return new Log();
		}

	}

	static class Log {

		final List<String> lines = Collections.synchronizedList(new ArrayList<>());

		private int connections;

		synchronized int next() {
			return ++this.connections;
		}

	}

	/** Two beans of which each asks for the other once both are being created. */
	static class Pair {

		private final CountDownLatch created = new CountDownLatch(2);

		volatile String groupOfRight = "mail";

		void awaitBoth() {
			this.created.countDown();
			GroupedContexts.await(this.created);
		}

	}

	static class Connection implements DisposableBean {

		private final Log log;

		private final int number;

		/** For the proxy. */
		protected Connection() {
			this(new Log());
		}

		Connection(Log log) {
			this.log = log;
			this.number = log.next();
			log.lines.add("created " + this.number);
		}

		public int number() {
			return this.number;
		}

		@Override
		public void destroy() {
			this.log.lines.add("destroyed " + this.number);
		}

	}

	static class Caller {

		private final Connection connection;

		Caller(Connection connection) {
			this.connection = connection;
		}

		public int number() {
			return this.connection.number();
		}

	}

}
