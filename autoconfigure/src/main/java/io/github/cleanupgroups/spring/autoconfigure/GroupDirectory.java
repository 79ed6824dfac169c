package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.NoSuchGroupException;

/**
 * Which groups there are, by name, and who observes that they come and go. Under its lock
 * neither observers nor anything else of the application's is called.
 */
final class GroupDirectory {

	private final Supplier<List<CleanupGroupObserver>> findObservers;

	private final Object lock = new Object();

	/** Configured groups in their order, then opened ones. */
	@GuardedBy("lock")
	private final Map<String, RegisteredGroup> groups = new LinkedHashMap<>();

	/** Groups in the directory by the group that they are directly below. */
	@GuardedBy("lock")
	private final Map<CleanupGroup, Set<RegisteredGroup>> below = new HashMap<>();

	/** Null before they are looked up. */
	@GuardedBy("lock")
	private @Nullable List<CleanupGroupObserver> observers;

	/** Whether groups can be opened. */
	@GuardedBy("lock")
	private boolean opens = true;

	/**
	 * An empty directory.
	 * @param findObservers looks them up; not called before all singletons exist
	 */
	GroupDirectory(Supplier<List<CleanupGroupObserver>> findObservers) {
		this.findObservers = findObservers;
	}

	/** Adds a group of the configuration. */
	void add(RegisteredGroup configured) {
		synchronized (this.lock) {
			this.groups.put(configured.name(), configured);
		}
	}

	/**
	 * Adds a group at run time.
	 * @param name what it is to be called
	 * @param maker makes it, where the name is free
	 * @param beforeObservers called with the group before any observer hears of it
	 * @throws IllegalStateException if the application has stopped
	 * @throws IllegalArgumentException if the name is blank or taken
	 */
	RegisteredGroup open(String name, Supplier<RegisteredGroup> maker, Consumer<RegisteredGroup> beforeObservers) {
		Assert.hasText(name, "name must not be blank");
		forgetIfClosed(name);
		RegisteredGroup opened;
		List<CleanupGroupObserver> joining;
		synchronized (this.lock) {
			Assert.state(this.opens,
					() -> "Cleanup group '" + name + "' cannot be opened: the application has stopped");
			Assert.isTrue(!this.groups.containsKey(name),
					() -> "There is a cleanup group '" + name + "' already. Close it first, or choose another name");
			opened = maker.get();
			this.groups.put(name, opened);
			if (opened.parent() != null) {
				this.below.computeIfAbsent(opened.parent().group(), (parent) -> new LinkedHashSet<>()).add(opened);
			}
			joining = this.observers;
		}
		beforeObservers.accept(opened);
		if (joining != null) {
			observed(opened, joining);
		}
		return opened;
	}

	/** Whoever does not get the group could not close it. */
	private void observed(RegisteredGroup opened, List<CleanupGroupObserver> joining) {
		try {
			opened.openedBefore(joining);
		}
		catch (Throwable ex) {
			opened.closeForGood();
			forget(opened);
			throw ex;
		}
	}

	/** A close that was interrupted has told nobody. */
	private void forgetIfClosed(String name) {
		RegisteredGroup present = find(name);
		if (present != null && !present.isConfigured() && present.group().isClosed() && !present.group().isClosing()) {
			forgetEnded(present.group());
		}
	}

	/** Whether groups can be opened from now on. */
	void opens(boolean value) {
		synchronized (this.lock) {
			this.opens = value;
		}
	}

	/** Takes a group that was opened out. */
	void forget(RegisteredGroup closed) {
		synchronized (this.lock) {
			this.groups.remove(closed.name(), closed);
			if (closed.parent() != null) {
				this.below.computeIfPresent(closed.parent().group(), (parent, children) -> {
					children.remove(closed);
					return children.isEmpty() ? null : children;
				});
			}
		}
		closed.gone();
	}

	/** Takes out what a close has ended for good, if the close was for good. */
	void forgetEnded(CleanupGroup closed) {
		if (!closed.isClosed()) {
			return;
		}
		RegisteredGroup registered = find(closed.name());
		if (registered != null && registered.group() == closed && !registered.isConfigured()) {
			forget(registered);
		}
		// Theirs is part of this close, and of its report.
		forgetEndedBelow(closed);
	}

	private void forgetEndedBelow(CleanupGroup closed) {
		for (RegisteredGroup each : below(closed)) {
			if (each.group().isClosed()) {
				forget(each);
			}
			forgetEndedBelow(each.group());
		}
	}

	private List<RegisteredGroup> below(CleanupGroup parent) {
		synchronized (this.lock) {
			return List.copyOf(this.below.getOrDefault(parent, Set.of()));
		}
	}

	/** All groups that there are now. */
	Collection<RegisteredGroup> all() {
		synchronized (this.lock) {
			return List.copyOf(this.groups.values());
		}
	}

	/**
	 * A group.
	 * @param name which
	 * @throws NoSuchGroupException if there is none of this name
	 */
	RegisteredGroup get(String name) {
		RegisteredGroup registered = find(name);
		if (registered == null) {
			throw new NoSuchGroupException(name, names());
		}
		return registered;
	}

	/** Null where there is none of this name. */
	@Nullable RegisteredGroup find(String name) {
		synchronized (this.lock) {
			return this.groups.get(name);
		}
	}

	/** In the order of the groups; unmodifiable. */
	Set<String> names() {
		Set<String> names = new LinkedHashSet<>();
		all().forEach((each) -> names.add(each.name()));
		return Collections.unmodifiableSet(names);
	}

	/**
	 * Looks the observers up, once. Where the registry is created lazily, the lifecycle
	 * sees to it.
	 */
	void findObservers() {
		synchronized (this.lock) {
			if (this.observers != null) {
				return;
			}
		}
		List<CleanupGroupObserver> found = List.copyOf(this.findObservers.get());
		List<RegisteredGroup> present;
		synchronized (this.lock) {
			if (this.observers != null) {
				return;
			}
			this.observers = found;
			present = List.copyOf(this.groups.values());
		}
		present.forEach((each) -> each.observedBy(found));
	}

}
