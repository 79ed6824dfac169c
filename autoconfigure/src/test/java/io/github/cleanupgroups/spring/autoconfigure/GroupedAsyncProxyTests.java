package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import io.github.cleanupgroups.MemberSnapshot;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;
import io.github.cleanupgroups.spring.OnClose;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the annotation may stand, and what it shares a bean with.
 */
@Timeout(120)
class GroupedAsyncProxyTests {

	@Test
	void annotation_onAType_coversItsPublicMethodsAndInheritedOnes() {
		GroupedContexts.runnerWithOneThread().withBean(OnType.class).run((context) -> {
			OnType bean = context.getBean(OnType.class);
			assertThat(bean.own().get(1, TimeUnit.MINUTES)).isEqualTo("OnType.own");
			assertThat(bean.inherited().get(1, TimeUnit.MINUTES)).isEqualTo("OnType.inherited");
			assertThat(bean.ownLabel().get(1, TimeUnit.MINUTES)).isEqualTo("label of the method");
			assertThat(bean.notPublic()).isSameAs(Thread.currentThread());
			assertThat(bean).hasToString("OnType");
		});
	}

	@Test
	void annotation_ofASuperclass_coversTheSubclass() {
		GroupedContexts.runnerWithOneThread().withBean(Sub.class).run((context) -> {
			assertThat(context.getBean(Sub.class).more().get(1, TimeUnit.MINUTES)).isEqualTo("Sub.more");
			assertThat(context.getBean(Sub.class).own().get(1, TimeUnit.MINUTES)).isEqualTo("Sub.own");
		});
	}

	@Test
	void annotation_farUpInTheHierarchy_coversTheSubclass() {
		GroupedContexts.runnerWithOneThread()
			.withBean(SubJob.class)
			.run((context) -> assertThat(context.getBean(SubJob.class).run("a").get(1, TimeUnit.MINUTES))
				.isEqualTo("SubJob.run(a)"));
	}

	@Test
	void annotation_ofAnInterfacesMethod_worksThroughBothKindsOfProxy() {
		GroupedContexts.runnerWithOneThread().withBean("job", WordJob.class).run((context) -> {
			assertThat(AopUtils.isCglibProxy(context.getBean("job"))).isTrue();
			assertThat(context.getBean(WordJob.class).run("a").get(1, TimeUnit.MINUTES)).isEqualTo("WordJob.run(a)");
			assertThat(throughTheInterface(context.getBean("job"), "b")).isEqualTo("WordJob.run(b)");
		});
		GroupedContexts.runnerWithOneThread()
			.withPropertyValues("spring.aop.proxy-target-class=false")
			.withBean("job", WordJob.class)
			.run((context) -> {
				assertThat(AopUtils.isJdkDynamicProxy(context.getBean("job"))).isTrue();
				assertThat(throughTheInterface(context.getBean("job"), "c")).isEqualTo("WordJob.run(c)");
			});
	}

	@SuppressWarnings("unchecked")
	private static String throughTheInterface(Object bean, String word) throws Exception {
		return ((Job<String>) bean).run(word).toCompletableFuture().get(1, TimeUnit.MINUTES);
	}

	@Test
	void annotation_onAnInterface_coversTheMethodsOfThatInterface() {
		GroupedContexts.runnerWithOneThread().withBean(Worker.class).run((context) -> {
			assertThat(context.getBean(Worker.class).work().get(1, TimeUnit.MINUTES)).isEqualTo("Worker.work");
			assertThat(context.getBean(Worker.class).threadOfACall()).isSameAs(Thread.currentThread());
		});
	}

	@Test
	void annotation_onALambdasInterface_namesMembersByTheInterface() {
		AtomicReference<CleanupGroups> groups = new AtomicReference<>();
		GroupedContexts.runnerWithOneThread()
			.withBean(Workers.class, () -> () -> CompletableFuture.completedFuture(memberName(groups.get())))
			.run((context) -> {
				groups.set(context.getBean(CleanupGroups.class));
				assertThat(context.getBean(Workers.class).work().get(1, TimeUnit.MINUTES)).isEqualTo("Workers.work");
			});
	}

	@Test
	void metaAnnotation_withAliases_carriesThemAll() {
		GroupedContexts.runnerWithOneThread()
			.withBean(Composed.class)
			.run((context) -> assertThat(context.getBean(Composed.class).call().get(1, TimeUnit.MINUTES))
				.isEqualTo("composed"));
	}

	@Test
	void groupName_withPlaceholderAndExpression_isResolved() {
		GroupedContexts.runnerWithOneThread()
			.withPropertyValues("letters.group=mail")
			.withBean(Resolved.class)
			.run((context) -> {
				assertThat(context.getBean(Resolved.class).placeholder().get(1, TimeUnit.MINUTES)).isEqualTo("mail");
				assertThat(context.getBean(Resolved.class).fallback().get(1, TimeUnit.MINUTES)).isEqualTo("dropped");
				assertThat(context.getBean(Resolved.class).expression().get(1, TimeUnit.MINUTES)).isEqualTo("mail");
			});
	}

	@Test
	void selfInvocation_ofAGroupedMethod_runsInline() {
		GroupedContexts.runnerWithOneThread()
			.withBean(SelfInvoking.class)
			.run((context) -> assertThat(context.getBean(SelfInvoking.class).callYourself())
				.isSameAs(Thread.currentThread()));
	}

	@Test
	void transaction_ofAGroupedMethod_isThatOfTheMembersThread() {
		GroupedContexts.runnerWithOneThread()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class))
			.withBean(InTransaction.class)
			.run((context) -> {
				assertThat(context.getBean(InTransaction.class).call().get(1, TimeUnit.MINUTES)).isTrue();
				Advised proxy = (Advised) context.getBean(InTransaction.class);
				assertThat(proxy.getAdvisors()).hasSizeGreaterThan(1);
				assertThat(proxy.getAdvisors()[0].getAdvice()).isInstanceOf(GroupedAsyncInterceptor.class);
			});
	}

	@Test
	void asyncMethod_besideAGroupedOne_runsOnItsOwnExecutor() {
		GroupedContexts.runnerWithOneThread()
			.withUserConfiguration(AsyncEnabled.class)
			.withBean(BesideAsync.class)
			.run((context) -> {
				assertThat(context.getBean(BesideAsync.class).grouped().get(1, TimeUnit.MINUTES))
					.isEqualTo("BesideAsync.grouped");
				assertThat(context.getBean(BesideAsync.class).async().get(1, TimeUnit.MINUTES)).startsWith("plain-");
			});
	}

	@Test
	void scopedBean_behindItsProxy_isGroupedOnce() {
		GroupedContexts.runnerWithOneThread()
			.withInitializer((context) -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
			.withUserConfiguration(ScopedBean.class)
			.run((context) -> {
				Counted bean = context.getBean(Counted.class);
				assertThat(bean.call().get(1, TimeUnit.MINUTES)).isEqualTo("Counted.call");
				assertThat(bean.total()).isEqualTo(1);
			});
	}

	@Test
	void prototypeBean_ofEachInstance_isGrouped() {
		GroupedContexts.runnerWithOneThread()
			.withBean(Counted.class, Counted::new, (definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
			.run((context) -> {
				assertThat(context.getBean(Counted.class).call().get(1, TimeUnit.MINUTES)).isEqualTo("Counted.call");
				assertThat(context.getBean(Counted.class).call().get(1, TimeUnit.MINUTES)).isEqualTo("Counted.call");
			});
	}

	@Test
	void sameMethod_inheritedByBeansOfDifferentGroups_joinsEachBeansGroup() {
		GroupedContexts.runnerWithOneThread().withBean(ToMail.class).withBean(ToDropped.class).run((context) -> {
			assertThat(context.getBean(ToMail.class).where().get(1, TimeUnit.MINUTES)).isEqualTo("mail");
			assertThat(context.getBean(ToDropped.class).where().get(1, TimeUnit.MINUTES)).isEqualTo("dropped");
		});
	}

	@Test
	void eventListener_thatIsGrouped_hearsOnTheGroupsThreads() {
		GroupedContexts.runnerWithOneThread().withBean(Listening.class).run((context) -> {
			CompletableFuture<String> heard = new CompletableFuture<>();
			context.publishEvent(new Letter(heard));
			assertThat(heard.get(1, TimeUnit.MINUTES)).isEqualTo("Listening.on");
		});
	}

	@Test
	void bean_withoutGroupedMethods_isNoProxy() {
		GroupedContexts.runnerWithOneThread()
			.withBean(Base.class)
			.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(Base.class))).isFalse());
	}

	/** The member that runs: the only thread is the caller's. */
	private static String memberName(CleanupGroups groups) {
		return groups.names()
			.stream()
			.flatMap((name) -> groups.get(name).members().stream())
			.map(MemberSnapshot::name)
			.collect(Collectors.joining());
	}

	/** A bean that can tell as what it runs. */
	static class Located {

		@Autowired
		CleanupGroups groups;

		final CompletableFuture<String> here(String suffix) {
			return CompletableFuture.completedFuture(memberName(this.groups) + suffix);
		}

		final CompletableFuture<String> group() {
			return CompletableFuture.completedFuture(this.groups.names()
				.stream()
				.filter((name) -> this.groups.get(name).memberCounts().total() > 0)
				.collect(Collectors.joining()));
		}

	}

	static class Base extends Located {

		public CompletableFuture<String> inherited() {
			return here("");
		}

	}

	@GroupedAsync("mail")
	static class OnType extends Base {

		public CompletableFuture<String> own() {
			return here("");
		}

		@GroupedAsync(group = "mail", label = "label of the method")
		public CompletableFuture<String> ownLabel() {
			return here("");
		}

		Thread notPublic() {
			return Thread.currentThread();
		}

		public static String text() {
			return "static methods are no bean's";
		}

		@Override
		public String toString() {
			return "OnType";
		}

	}

	static class Sub extends OnType {

		public CompletableFuture<String> more() {
			return here("");
		}

	}

	static class SubJob extends WordJob {

	}

	interface Job<T> {

		@GroupedAsync("mail")
		CompletionStage<T> run(T word);

	}

	static class WordJob extends Located implements Job<String> {

		@Override
		public CompletableFuture<String> run(String word) {
			return here("(" + word + ")");
		}

	}

	@GroupedAsync("mail")
	interface Workers {

		CompletableFuture<String> work();

	}

	static class Worker extends Located implements Workers {

		@Override
		public CompletableFuture<String> work() {
			return here("");
		}

		public Thread threadOfACall() {
			return Thread.currentThread();
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@GroupedAsync(onClose = OnClose.AWAIT)
	@interface Mailed {

		@AliasFor(annotation = GroupedAsync.class, attribute = "group")
		String to() default "mail";

		@AliasFor(annotation = GroupedAsync.class, attribute = "label")
		String as();

	}

	static class Composed extends Located {

		@Mailed(as = "composed")
		public CompletableFuture<String> call() {
			return here("");
		}

	}

	static class Resolved extends Located {

		@GroupedAsync("${letters.group}")
		public CompletableFuture<String> placeholder() {
			return group();
		}

		@GroupedAsync("${letters.other:dropped}")
		public CompletableFuture<String> fallback() {
			return group();
		}

		@GroupedAsync("#{'ma' + 'il'}")
		public CompletableFuture<String> expression() {
			return group();
		}

	}

	static class SelfInvoking {

		public Thread callYourself() throws Exception {
			return call().get();
		}

		@GroupedAsync("mail")
		public CompletableFuture<Thread> call() {
			return CompletableFuture.completedFuture(Thread.currentThread());
		}

	}

	static class InTransaction {

		@GroupedAsync("mail")
		@Transactional
		public CompletableFuture<Boolean> call() {
			return CompletableFuture.completedFuture(TransactionSynchronizationManager.isActualTransactionActive());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncEnabled {

		@Bean
		Executor taskExecutor() {
			return new SimpleAsyncTaskExecutor("plain-");
		}

	}

	static class BesideAsync extends Located {

		@GroupedAsync("mail")
		public CompletableFuture<String> grouped() {
			return here("");
		}

		@Async
		public CompletableFuture<String> async() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

	}

	static class Counted extends Located {

		private final AtomicInteger total = new AtomicInteger();

		@GroupedAsync("mail")
		public CompletableFuture<String> call() {
			this.total.incrementAndGet();
			return here("");
		}

		public int total() {
			return this.total.get();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedBean {

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Counted counted() {
			return new Counted();
		}

	}

	static class Shared extends Located {

		public CompletableFuture<String> where() {
			return group();
		}

	}

	@GroupedAsync("mail")
	static class ToMail extends Shared {

	}

	@GroupedAsync("dropped")
	static class ToDropped extends Shared {

	}

	record Letter(CompletableFuture<String> heard) {
	}

	static class Listening extends Located {

		@EventListener
		@GroupedAsync("mail")
		public void on(Letter letter) {
			letter.heard().complete(memberName(this.groups));
		}

	}

}
