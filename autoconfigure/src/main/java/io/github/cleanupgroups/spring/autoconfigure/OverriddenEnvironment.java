package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Map;

import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.AbstractEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * The environment of an application as it is now, with some settings before all others.
 */
final class OverriddenEnvironment extends AbstractEnvironment {

	private static final String NAME = "cleanup groups, reconfigured";

	OverriddenEnvironment(Environment environment, Map<String, Object> overriding) {
		if (environment instanceof ConfigurableEnvironment configurable) {
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
					getPropertySources().addLast(source);
				}
			}
		}
		getPropertySources().addFirst(new MapPropertySource(NAME, overriding));
		ConfigurationPropertySources.attach(this);
	}

}
