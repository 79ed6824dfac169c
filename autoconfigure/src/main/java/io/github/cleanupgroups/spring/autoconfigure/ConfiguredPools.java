package io.github.cleanupgroups.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.util.Assert;

import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Pool;

/**
 * The pools of an application: the default one, then those that the configuration names.
 * All are made with it, and none comes or goes afterwards.
 */
final class ConfiguredPools {

	private static final Log logger = LogFactory.getLog(ConfiguredPools.class);

	private final Map<String, ThreadPool> pools = new LinkedHashMap<>();

	/**
	 * Makes them.
	 * @param properties checked settings
	 * @param virtualByDefault whether threads are virtual where a pool does not say
	 */
	ConfiguredPools(CleanupGroupsProperties properties, boolean virtualByDefault) {
		add(CleanupGroupsProperties.DEFAULT_POOL, properties, virtualByDefault);
		properties.pools().keySet().forEach((name) -> add(name, properties, virtualByDefault));
	}

	private void add(String name, CleanupGroupsProperties properties, boolean virtualByDefault) {
		Pool settings = properties.pool(name);
		this.pools.computeIfAbsent(name,
				(key) -> ThreadPool.builder(key)
					.minThreads(settings.minThreads())
					.maxThreads(settings.maxThreadsOrDefault())
					.keepAlive(settings.keepAlive())
					.virtualThreads(Objects.requireNonNullElse(settings.virtual(), virtualByDefault))
					.onUncaught(ConfiguredPools::uncaught)
					.build());
	}

	private static void uncaught(String member, Throwable failure) {
		if (!HandledFailure.take(failure)) {
			logger.error("Callback of '" + member + "' threw", failure);
		}
	}

	ThreadPool get(String name) {
		ThreadPool pool = this.pools.get(name);
		Assert.state(pool != null, () -> "There is no pool '" + name + "'");
		return pool;
	}

	List<ThreadPool> all() {
		return List.copyOf(this.pools.values());
	}

}
