package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * Real contexts with the auto-configuration, and members whose ends a test decides about.
 */
final class TestContexts {

	private TestContexts() {
	}

	/** A context to be refreshed, with settings below {@code cleanup-groups}. */
	static AnnotationConfigApplicationContext prepared(String... settings) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		TestPropertyValues.of(settings)
			.and("cleanup-groups.shutdown.log-interval=1h")
			.applyTo(context.getEnvironment(), TestPropertyValues.Type.MAP, "settings of the test");
		context.register(Imported.class);
		return context;
	}

	static AnnotationConfigApplicationContext started(String... settings) {
		AnnotationConfigApplicationContext context = prepared(settings);
		context.refresh();
		return context;
	}

	static CleanupGroup group(AnnotationConfigApplicationContext context, String name) {
		return context.getBean(CleanupGroups.class).get(name);
	}

	static CallbackEnvironment environment(AnnotationConfigApplicationContext context, String group) {
		return context.getBean(CleanupGroups.class).environment(group);
	}

	/**
	 * What a future has failed with, once it is complete. (What {@code join()} throws
	 * differs between versions of Java: later ones wrap it.)
	 */
	static Throwable failureOf(CompletableFuture<?> future) {
		return future.handle((value, failure) -> failure).join();
	}

	/** Closes on another thread. */
	static CompletableFuture<Void> closing(AnnotationConfigApplicationContext context) {
		return inBackground(context::close);
	}

	static CompletableFuture<Void> inBackground(Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				action.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		}, "test-background");
		thread.setDaemon(true);
		thread.start();
		return done;
	}

	/** A member that runs until the test lets it end. */
	static final class Gate {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch opened = new CountDownLatch(1);

		final CompletableFuture<String> result;

		Gate(AnnotationConfigApplicationContext context, String group) {
			this.result = environment(context, group).submit(() -> {
				this.entered.countDown();
				this.opened.await();
				return "done";
			});
			awaitEntered();
		}

		private void awaitEntered() {
			try {
				this.entered.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		void open() {
			this.opened.countDown();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(CleanupGroupsAutoConfiguration.class)
	static class Imported {

	}

}
