package io.github.cleanupgroups.spring.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;

import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * Reads the settings again when the environment has changed. Any key will do: settings
 * may refer to others.
 */
final class EnvironmentChangeListener implements ApplicationListener<EnvironmentChangeEvent> {

	private static final Log logger = LogFactory.getLog(EnvironmentChangeListener.class);

	private final CleanupGroups groups;

	EnvironmentChangeListener(CleanupGroups groups) {
		this.groups = groups;
	}

	/** What is wrong with our settings must not keep others from theirs. */
	@Override
	public void onApplicationEvent(EnvironmentChangeEvent event) {
		try {
			this.groups.reconfigure();
		}
		catch (IllegalArgumentException ex) {
			logger.warn("Changed settings of cleanup groups are refused, the former ones stay in force: "
					+ ex.getMessage());
		}
	}

}
