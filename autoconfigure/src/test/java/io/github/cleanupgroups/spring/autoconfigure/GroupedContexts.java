package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Application contexts with the groups {@code mail}, of everything configured so that it
 * awaits, and {@code dropped}, which cancels.
 */
final class GroupedContexts {

	private GroupedContexts() {
	}

	static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, CleanupGroupsAutoConfiguration.class,
					GroupedAsyncAutoConfiguration.class))
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await",
					"cleanup-groups.groups.dropped.on-close=cancel");
	}

	static ApplicationContextRunner runnerWithOneThread() {
		return runner().withPropertyValues("cleanup-groups.pools.default.max-threads=1");
	}

	/** Waits as long as it takes; the test's own limit ends it. */
	static void await(CountDownLatch latch) {
		try {
			if (!latch.await(1, TimeUnit.MINUTES)) {
				throw new IllegalStateException("nobody has counted down in a minute");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

}
