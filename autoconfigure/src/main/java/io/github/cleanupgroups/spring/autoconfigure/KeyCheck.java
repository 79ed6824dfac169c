package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Pool;

/**
 * Finds keys that nobody reads: a misspelt time-out must not pass for the default one.
 * What the properties have is known, everything else below their prefix is not.
 */
final class KeyCheck {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName
		.of(CleanupGroupsProperties.PREFIX);

	/** Position of a key's part in a key, counted in elements. */
	private static final int SECTION = 1;

	private static final List<String> SECTIONS = keysOf(CleanupGroupsProperties.class);

	private static final Map<String, List<String>> KEYS_BY_NAME = Map.of("pools", keysOf(Pool.class), "groups",
			keysOf(Group.class));

	/** The sections without names below them. */
	private static final Map<String, List<String>> KEYS = Arrays
		.stream(CleanupGroupsProperties.class.getRecordComponents())
		.filter((component) -> component.getType().isRecord())
		.collect(Collectors.toUnmodifiableMap((component) -> DataObjectPropertyName.toDashedForm(component.getName()),
				(component) -> keysOf(component.getType())));

	/** By key: one that several sources have is one problem. */
	private final Map<String, Problem> problems = new LinkedHashMap<>();

	private KeyCheck() {
	}

	static List<Problem> problems(Environment environment) {
		KeyCheck check = new KeyCheck();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().filter(PREFIX::isAncestorOf).forEach((name) -> check.check(name, source));
			}
		}
		return List.copyOf(check.problems.values());
	}

	/** Whether there may be any, or the prefix alone: also where a source cannot tell. */
	static boolean mayHaveKeys(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(PREFIX) != ConfigurationPropertyState.ABSENT
					|| source.getConfigurationProperty(PREFIX) != null) {
				return true;
			}
		}
		return false;
	}

	private static List<String> keysOf(Class<?> type) {
		return Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getName)
			.map(DataObjectPropertyName::toDashedForm)
			.toList();
	}

	private void check(ConfigurationPropertyName name, ConfigurationPropertySource source) {
		String section = known(name, SECTION, SECTIONS);
		if (section == null) {
			// Kubernetes makes variables for services, one of which may be called so.
			if (!(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
				unknown(name, SECTION, SECTIONS, source, "");
			}
			return;
		}
		List<String> keysByName = KEYS_BY_NAME.get(section);
		if (keysByName != null) {
			checkKey(name, SECTION + 2, keysByName, source,
					" A dot in a name needs brackets: cleanup-groups." + section + "[a.b].");
		}
		else {
			checkKey(name, SECTION + 1, KEYS.getOrDefault(section, List.of()), source, "");
		}
	}

	private void checkKey(ConfigurationPropertyName name, int position, List<String> keys,
			ConfigurationPropertySource source, String hint) {
		int elements = name.getNumberOfElements();
		if (elements <= position) {
			return;
		}
		boolean indexed = elements == position + 2 && name.isLastElementIndexed();
		if (known(name, position, keys) == null || (elements > position + 1 && !indexed)) {
			unknown(name, position, keys, source, hint);
		}
	}

	private static @Nullable String known(ConfigurationPropertyName name, int position, List<String> keys) {
		String written = name.getElement(position, Form.UNIFORM);
		return keys.stream().filter((key) -> key.replace("-", "").equals(written)).findFirst().orElse(null);
	}

	private void unknown(ConfigurationPropertyName name, int position, List<String> keys,
			ConfigurationPropertySource source, String hint) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		Origin origin = (property != null) ? property.getOrigin() : null;
		String written = name.getElement(position, Form.ORIGINAL);
		this.problems.putIfAbsent(name.toString(),
				new Problem("The key '" + name + "' is unknown" + ((origin != null) ? " (" + origin + ")" : "") + ".",
						"Correct or remove '" + name + "'. " + Spelling.suggest(written, keys) + hint));
	}

}
