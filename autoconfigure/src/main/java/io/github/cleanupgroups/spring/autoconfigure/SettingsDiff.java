package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

import io.github.cleanupgroups.spring.Reconfiguration;
import io.github.cleanupgroups.spring.Reconfiguration.Change;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.ApplicationExecutor;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Observations;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Pool;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Scheduler;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Stuck;

/**
 * What has changed between two readings of the settings, and what of it takes effect at
 * once. A setting that nobody has declared safe waits for a new start.
 */
final class SettingsDiff {

	private final List<Change> applied = new ArrayList<>();

	private final List<Change> afterRestart = new ArrayList<>();

	Reconfiguration result() {
		return new Reconfiguration(this.applied, this.afterRestart);
	}

	boolean isApplied(String key) {
		return this.applied.stream().anyMatch((each) -> each.key().equals(key));
	}

	/**
	 * The settings that are to be in force: safe changes are, others are not.
	 * @param prefix what comes before a setting's own name in its key
	 * @param inForce what was in force
	 * @param read as read last
	 * @param wanted as read now
	 * @param safe names of settings that may change at run time
	 */
	<T extends Record> T merge(String prefix, T inForce, T read, T wanted, Set<String> safe) {
		RecordComponent[] components = inForce.getClass().getRecordComponents();
		Class<?>[] types = new Class<?>[components.length];
		@Nullable Object[] values = new @Nullable Object[components.length];
		for (int i = 0; i < components.length; i++) {
			RecordComponent component = components[i];
			String name = DataObjectPropertyName.toDashedForm(component.getName());
			types[i] = component.getType();
			values[i] = valueOf(component, inForce);
			Object before = valueOf(component, read);
			Object after = valueOf(component, wanted);
			if (Objects.equals(before, after)) {
				continue;
			}
			if (safe.contains(name)) {
				values[i] = after;
				this.applied.add(new Change(prefix + name, show(before), show(after)));
			}
			else {
				afterRestart(prefix + name, values[i], before, after);
			}
		}
		return create(inForce, types, values);
	}

	/** A setting that waits for a new start, if it has changed. */
	void afterRestart(String key, @Nullable Object inForce, @Nullable Object read, @Nullable Object wanted) {
		if (!Objects.equals(read, wanted) && !Objects.equals(inForce, wanted)) {
			this.afterRestart.add(new Change(key, show(inForce), show(wanted)));
		}
	}

	/** Groups and pools are beans: what comes or goes does so at the next start. */
	void namesThatComeOrGo(String prefix, Set<String> inForce, Set<String> read, Set<String> wanted,
			@Nullable String alwaysThere) {
		Set<String> all = new LinkedHashSet<>(inForce);
		all.addAll(wanted);
		for (String name : all) {
			boolean isNews = read.contains(name) != wanted.contains(name);
			if (isNews && inForce.contains(name) != wanted.contains(name) && !name.equals(alwaysThere)) {
				this.afterRestart.add(inForce.contains(name) ? new Change(prefix + name, "configured", null)
						: new Change(prefix + name, null, "configured"));
			}
		}
	}

	private static @Nullable Object valueOf(RecordComponent component, Record settings) {
		try {
			return component.getAccessor().invoke(settings);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Record> T create(T like, Class<?>[] types, @Nullable Object[] values) {
		try {
			Constructor<?> canonical = like.getClass().getDeclaredConstructor(types);
			return (T) canonical.newInstance(values);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** As one writes it in a file. */
	private static @Nullable String show(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return Keys.show(duration);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}
		if (value instanceof List<?> list) {
			return String.join(",", list.stream().map(String::valueOf).toList());
		}
		return (value != null) ? value.toString() : null;
	}

	/** Settings are compared by their components' accessors, and made anew. */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			for (Class<?> type : List.of(Pool.class, Group.class, Shutdown.class, Observations.class, Stuck.class,
					ApplicationExecutor.class, Scheduler.class)) {
				hints.reflection()
					.registerType(type, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS,
							MemberCategory.INVOKE_PUBLIC_METHODS);
			}
		}

	}

}
