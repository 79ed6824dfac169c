package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.GroupClosedException;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.QueueFullException;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;
import io.github.cleanupgroups.spring.OnClose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Grouped calls when their group is closed: nothing hangs, nothing vanishes.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // many calls serve only to be there
class GroupedAsyncClosingTests {

	/** What the project exists for: {@code @Async} leaves such futures incomplete. */
	@Test
	void queuedFutures_whenTheContextCloses_allComplete() {
		List<CompletableFuture<Integer>> queued = new ArrayList<>();
		Jobs jobs = new Jobs();
		runner(jobs).run((context) -> {
			queueBehindRunningOne(jobs, context.getBean(Jobs.class),
					(proxy, number) -> queued.add(proxy.awaited(number)));
			releaseOnceClosingBegins(context.getBean(CleanupGroups.class), jobs);
		});
		assertThat(queued).hasSize(100).allMatch(CompletableFuture::isDone);
		assertThat(queued.stream().map(CompletableFuture::join))
			.containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
	}

	/** What the project exists for, in a group that cancels. */
	@Test
	void queuedFutures_whenTheContextClosesAndTheGroupCancels_allCompleteAsCancelled() {
		List<CompletableFuture<Integer>> queued = new ArrayList<>();
		Jobs jobs = new Jobs();
		CompletableFuture<?>[] running = new CompletableFuture<?>[1];
		runner(jobs).run((context) -> {
			running[0] = queueBehindRunningOne(jobs, context.getBean(Jobs.class),
					(proxy, number) -> queued.add(proxy.dropped(number)));
			queued.get(99).whenComplete((value, failure) -> jobs.release.countDown());
		});
		assertThat(running[0].join()).isEqualTo(-1);
		assertThat(queued).hasSize(100)
			.allSatisfy((future) -> assertThat(future).isCancelled())
			.allSatisfy((future) -> assertThat(failure(future)).isInstanceOf(MemberCancelledException.class)
				.hasMessageContaining("Jobs.dropped")
				.hasMessageContaining("dropped"));
		assertThat(jobs.ran).hasValue(1);
	}

	@Test
	void onClose_awaitInAGroupThatCancels_runsWhatIsQueued() {
		List<CompletableFuture<Integer>> queued = new ArrayList<>();
		Jobs jobs = new Jobs();
		runner(jobs).run((context) -> {
			queueBehindRunningOne(jobs, context.getBean(Jobs.class),
					(proxy, number) -> queued.add(proxy.awaitedWhereDropped(number)));
			CompletableFuture<Integer> dropped = context.getBean(Jobs.class).dropped(1);
			dropped.whenComplete((value, failure) -> jobs.release.countDown());
		});
		assertThat(queued.stream().map(CompletableFuture::join))
			.containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
	}

	@Test
	void onClose_cancelInAGroupThatAwaits_dropsWhatIsQueued() {
		List<CompletableFuture<Integer>> queued = new ArrayList<>();
		List<CompletableFuture<Integer>> awaited = new ArrayList<>();
		Jobs jobs = new Jobs();
		runner(jobs).run((context) -> {
			queueBehindRunningOne(jobs, context.getBean(Jobs.class), (proxy, number) -> {
				queued.add(proxy.droppedWhereAwaited(number));
				awaited.add(proxy.awaited(number));
			});
			queued.get(99).whenComplete((value, failure) -> jobs.release.countDown());
		});
		assertThat(queued).hasSize(100).allSatisfy((future) -> assertThat(future).isCancelled());
		assertThat(awaited.stream().map(CompletableFuture::join))
			.containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
	}

	@Test
	void closeReport_ofAGroup_countsItsCalls() {
		Jobs jobs = new Jobs();
		runner(jobs).run((context) -> {
			queueBehindRunningOne(jobs, context.getBean(Jobs.class), (proxy, number) -> proxy.awaited(number));
			CompletableFuture<CloseReport> report = context.getBean(CleanupGroups.class)
				.get("mail")
				.closeMembersAsync(CloseOptions.cancelPending());
			jobs.release.countDown();
			assertThat(report.get(1, TimeUnit.MINUTES).cancelledCallbacks()).isEqualTo(100);
			assertThat(report.get(1, TimeUnit.MINUTES).completedCallbacks()).isEqualTo(1);
		});
	}

	@Test
	void close_ofAGroupWithAnOpenFuture_waitsForIt() {
		Jobs jobs = new Jobs();
		runner(jobs).run((context) -> {
			CompletableFuture<Integer> inner = new CompletableFuture<>();
			CompletableFuture<Integer> outer = context.getBean(Jobs.class).open(inner);
			GroupedContexts.await(jobs.opened);
			CompletableFuture<CloseReport> report = context.getBean(CleanupGroups.class)
				.get("mail")
				.closeMembersAsync(CloseOptions.awaitPending());
			assertThat(report).isNotDone();
			inner.complete(7);
			assertThat(report.get(1, TimeUnit.MINUTES).completedCallbacks()).isEqualTo(1);
			assertThat(outer.join()).isEqualTo(7);
		});
	}

	@Test
	void call_intoAGroupThatRefuses_throwsToItsCaller() {
		runner(new Jobs()).run((context) -> {
			context.getBean(CleanupGroups.class).get("mail").refuse();
			assertThatExceptionOfType(GroupClosedException.class)
				.isThrownBy(() -> context.getBean(Jobs.class).awaited(1))
				.withMessageContaining("mail")
				.withMessageContaining("Jobs.awaited");
			assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> context.getBean(Jobs.class).nothing());
			context.getBean(CleanupGroups.class).get("mail").accept();
			assertThat(context.getBean(Jobs.class).awaited(1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
		});
	}

	@Test
	void call_afterTheContextWasClosed_throwsToItsCaller() {
		Jobs[] proxy = new Jobs[1];
		runner(new Jobs()).run((context) -> proxy[0] = context.getBean(Jobs.class));
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> proxy[0].awaited(1))
			.withMessageContaining("mail");
	}

	@Test
	void call_intoAFullQueue_throwsToItsCaller() {
		Jobs jobs = new Jobs();
		runner(jobs).withPropertyValues("cleanup-groups.groups.mail.queue-capacity=1").run((context) -> {
			context.getBean(Jobs.class).running();
			GroupedContexts.await(jobs.started);
			CompletableFuture<Integer> queued = context.getBean(Jobs.class).awaited(1);
			assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> context.getBean(Jobs.class).awaited(2))
				.withMessageContaining("mail");
			jobs.release.countDown();
			assertThat(queued.get(1, TimeUnit.MINUTES)).isEqualTo(1);
		});
	}

	@Test
	void call_fromAMemberOfAClosingGroup_isPartOfTheClose() {
		Jobs jobs = new Jobs();
		CompletableFuture<Integer> chained = new CompletableFuture<>();
		runner(jobs).run((context) -> {
			context.getBean(Jobs.class).chain(chained);
			GroupedContexts.await(jobs.started);
			releaseOnceClosingBegins(context.getBean(CleanupGroups.class), jobs);
		});
		assertThat(chained).isCompletedWithValue(2);
	}

	@Test
	void call_afterTheContextWasStoppedAndStarted_runs() {
		runner(new Jobs()).run((context) -> {
			Jobs jobs = context.getBean(Jobs.class);
			context.stop();
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> jobs.awaited(1));
			context.start();
			assertThat(jobs.awaited(1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
		});
	}

	/** There is no event and no stop then: beans are destroyed, dependents first. */
	@Test
	void failedStart_whileACallRuns_closesTheGroupBeforeWhatTheCallNeeds() {
		List<String> order = new CopyOnWriteArrayList<>();
		GroupedContexts.runnerWithOneThread()
			.withBean(Jobs.class)
			.withBean(Resource.class, () -> new Resource(order))
			.withBean(ResourceUser.class)
			.withBean(Failing.class)
			.run((context) -> assertThat(context).hasFailed());
		assertThat(order).containsExactly("used", "user destroyed", "resource destroyed");
	}

	private static ApplicationContextRunner runner(Jobs jobs) {
		return GroupedContexts.runnerWithOneThread().withBean(Jobs.class, () -> jobs);
	}

	/** What dependents see; {@code join()} wraps a cancellation on newer JDKs. */
	private static Throwable failure(CompletableFuture<?> future) {
		return future.handle((value, failure) -> failure).join();
	}

	/** The only thread is busy; a hundred calls are queued. */
	private static CompletableFuture<Integer> queueBehindRunningOne(Jobs target, Jobs proxy, Submission submission) {
		CompletableFuture<Integer> running = proxy.running();
		GroupedContexts.await(target.started);
		for (int i = 0; i < 100; i++) {
			submission.submit(proxy, i);
		}
		return running;
	}

	/** What comes from outside is refused once a close has begun. */
	private static void releaseOnceClosingBegins(CleanupGroups groups, Jobs jobs) {
		new Thread(() -> {
			Awaitility.await().until(() -> isRefusing(groups));
			jobs.release.countDown();
		}).start();
	}

	private static boolean isRefusing(CleanupGroups groups) {
		try {
			groups.environment("mail").newWork((instance) -> {
			}).close();
			return false;
		}
		catch (RejectedExecutionException ex) {
			return true;
		}
	}

	private interface Submission {

		void submit(Jobs proxy, int number);

	}

	static class Resource implements DisposableBean {

		final List<String> order;

		Resource(List<String> order) {
			this.order = order;
		}

		@Override
		public void destroy() {
			this.order.add("resource destroyed");
		}

	}

	static class ResourceUser implements DisposableBean {

		private final Resource resource;

		ResourceUser(Resource resource) {
			this.resource = resource;
		}

		@GroupedAsync("mail")
		public void use(CleanupGroup group, CountDownLatch started) {
			started.countDown();
			while (group.isAccepting()) {
				Thread.onSpinWait();
			}
			this.resource.order.add("used");
		}

		@Override
		public void destroy() {
			this.resource.order.add("user destroyed");
		}

	}

	static class Failing implements InitializingBean {

		@Autowired
		private ResourceUser user;

		@Autowired
		private BeanFactory beans;

		@Override
		public void afterPropertiesSet() {
			CountDownLatch started = new CountDownLatch(1);
			this.user.use(this.beans.getBean(CleanupGroups.class).get("mail"), started);
			GroupedContexts.await(started);
			throw new IllegalStateException("on purpose");
		}

	}

	static class Jobs {

		final CountDownLatch started = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		final CountDownLatch opened = new CountDownLatch(1);

		final AtomicInteger ran = new AtomicInteger();

		@Autowired
		private ObjectProvider<Jobs> self;

		@GroupedAsync("mail")
		public CompletableFuture<Integer> running() {
			this.started.countDown();
			GroupedContexts.await(this.release);
			return ran(-1);
		}

		@GroupedAsync("mail")
		public CompletableFuture<Integer> awaited(int number) {
			return ran(number);
		}

		@GroupedAsync(value = "mail", onClose = OnClose.CANCEL)
		public CompletableFuture<Integer> droppedWhereAwaited(int number) {
			return ran(number);
		}

		@GroupedAsync("dropped")
		public CompletableFuture<Integer> dropped(int number) {
			return ran(number);
		}

		@GroupedAsync(value = "dropped", onClose = OnClose.AWAIT)
		public CompletableFuture<Integer> awaitedWhereDropped(int number) {
			return ran(number);
		}

		@GroupedAsync("mail")
		public void nothing() {
			ran(0);
		}

		@GroupedAsync("mail")
		public CompletableFuture<Integer> open(CompletableFuture<Integer> inner) {
			this.opened.countDown();
			return inner;
		}

		@GroupedAsync("mail")
		public void chain(CompletableFuture<Integer> chained) {
			this.started.countDown();
			GroupedContexts.await(this.release);
			this.self.getObject().awaited(2).whenComplete((value, failure) -> {
				if (failure != null) {
					chained
						.completeExceptionally((failure instanceof CompletionException) ? failure.getCause() : failure);
				}
				else {
					chained.complete(value);
				}
			});
		}

		private CompletableFuture<Integer> ran(int number) {
			this.ran.incrementAndGet();
			return CompletableFuture.completedFuture(number);
		}

	}

}
