package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.AdoptedExecutorSnapshot;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.NoSuchGroupException;
import io.github.cleanupgroups.spring.Reconfiguration;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;

/**
 * The registry of one application context. It is no lifecycle bean, so that anybody may
 * inject it, and needs nothing but the settings, so that it may be created early.
 */
final class GroupRegistry implements CleanupGroups, SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(GroupRegistry.class);

	private final Map<String, ThreadPool> pools = new LinkedHashMap<>();

	private final ApplicationEventPublisher publisher;

	private final Supplier<List<CleanupGroupObserver>> findObservers;

	private final ReportDelivery reports = new ReportDelivery();

	private final GroupDecorators decorators;

	/** Where a group does not say. */
	private final @Nullable Duration stuckAfter;

	private final Object lock = new Object();

	/** Configured groups in their order, then opened ones. */
	@GuardedBy("lock")
	private final Map<String, RegisteredGroup> groups = new LinkedHashMap<>();

	/** Null before they are looked up. */
	@GuardedBy("lock")
	private @Nullable List<CleanupGroupObserver> observers;

	/** Whether groups can be opened. */
	@GuardedBy("lock")
	private boolean opens = true;

	/** Phase of groups that name none. */
	private final int phase;

	private final Draining draining;

	private final Reconfiguring reconfiguring;

	/** Written by who reconfigures, read by anybody. */
	private volatile Shutdown shutdownSettings;

	/** Hear of new settings of the shutdown. */
	private final List<Consumer<Shutdown>> shutdownFollowers = new CopyOnWriteArrayList<>();

	/**
	 * A registry with the configured groups.
	 * @param properties checked settings
	 * @param virtualByDefault whether threads are virtual where a pool does not say
	 * @param publisher who is told of closes
	 * @param findObservers looks them up; not called before all singletons exist
	 * @param decorators what is put around callbacks
	 * @param environment where changed settings are read
	 */
	GroupRegistry(CleanupGroupsProperties properties, boolean virtualByDefault, ApplicationEventPublisher publisher,
			Supplier<List<CleanupGroupObserver>> findObservers, GroupDecorators decorators, Environment environment) {
		this.publisher = publisher;
		this.decorators = decorators;
		this.stuckAfter = properties.stuck().after();
		this.findObservers = findObservers;
		this.phase = properties.shutdown().phase();
		this.shutdownSettings = properties.shutdown();
		this.draining = new Draining(this::inClosingOrder, this.phase);
		this.reconfiguring = new Reconfiguring(this, environment, properties);
		addPool(CleanupGroupsProperties.DEFAULT_POOL, properties, virtualByDefault);
		properties.pools().keySet().forEach((name) -> addPool(name, properties, virtualByDefault));
		properties.groups().forEach((name, settings) -> this.groups.put(name, register(name, settings, null, true)));
	}

	private void addPool(String name, CleanupGroupsProperties properties, boolean virtualByDefault) {
		CleanupGroupsProperties.Pool settings = properties.pool(name);
		this.pools.computeIfAbsent(name,
				(key) -> ThreadPool.builder(key)
					.minThreads(settings.minThreads())
					.maxThreads(settings.maxThreadsOrDefault())
					.keepAlive(settings.keepAlive())
					.virtualThreads(Objects.requireNonNullElse(settings.virtual(), virtualByDefault))
					.onUncaught(GroupRegistry::uncaught)
					.build());
	}

	private static void uncaught(String member, Throwable failure) {
		if (!HandledFailure.take(failure)) {
			logger.error("Callback of '" + member + "' threw", failure);
		}
	}

	private RegisteredGroup register(String name, Group settings, @Nullable RegisteredGroup parent,
			boolean configured) {
		ThreadPool pool = configuredPool(settings.pool());
		GroupEvents events = new GroupEvents(this::closed);
		CleanupGroup.Builder builder = CleanupGroup.builder(name)
			.overflow(settings.overflow())
			.weight(settings.weight())
			.listener(events);
		if (settings.maxConcurrency() != null) {
			builder.maxConcurrency(settings.maxConcurrency());
		}
		if (settings.queueCapacity() != null) {
			builder.queueCapacity(settings.queueCapacity());
		}
		if (parent != null) {
			builder.parent(parent.group());
		}
		return new RegisteredGroup(builder.build(), pool, settings, parent, configured, events, this.decorators,
				(settings.stuckAfter() != null) ? settings.stuckAfter() : this.stuckAfter);
	}

	@Override
	public CleanupGroup get(String name) {
		return registered(name).group();
	}

	@Override
	public Optional<CleanupGroup> find(String name) {
		return Optional.ofNullable(registeredOrNull(name)).map(RegisteredGroup::group);
	}

	@Override
	public Set<String> names() {
		Set<String> names = new LinkedHashSet<>();
		registered().forEach((each) -> names.add(each.name()));
		return Collections.unmodifiableSet(names);
	}

	@Override
	public CleanupGroup open(String name) {
		return open(name, Group.DEFAULT, null);
	}

	@Override
	public CleanupGroup open(String name, CleanupGroup parent) {
		RegisteredGroup registered = registeredOrNull(parent.name());
		Assert.isTrue(registered != null && registered.group() == parent,
				() -> "Cleanup group '" + name + "' cannot be opened below '" + parent.name()
						+ "', which is not among the groups of this application: " + String.join(", ", names()));
		Assert.state(parent.isAccepting() || (parent.isInside() && !parent.isClosed()), () -> "Cleanup group '" + name
				+ "' cannot be opened below '" + parent.name() + "', which accepts nothing new");
		return open(name, registered.settings().ofChild(), registered);
	}

	private CleanupGroup open(String name, Group settings, @Nullable RegisteredGroup parent) {
		Assert.hasText(name, "name must not be blank");
		forgetIfClosed(name);
		RegisteredGroup opened;
		List<CleanupGroupObserver> joining;
		synchronized (this.lock) {
			Assert.state(this.opens,
					() -> "Cleanup group '" + name + "' cannot be opened: the application has stopped");
			Assert.isTrue(!this.groups.containsKey(name),
					() -> "There is a cleanup group '" + name + "' already. Close it first, or choose another name");
			opened = register(name, settings, parent, false);
			this.groups.put(name, opened);
			joining = this.observers;
		}
		this.draining.opened(opened);
		if (joining != null) {
			observed(opened, joining);
		}
		return opened.group();
	}

	/** Whoever does not get the group could not close it. */
	private void observed(RegisteredGroup opened, List<CleanupGroupObserver> joining) {
		try {
			opened.openedBefore(joining);
		}
		catch (Throwable ex) {
			Disposal.closeForGood(opened);
			forget(opened);
			throw ex;
		}
	}

	/** A close that was interrupted has told nobody. */
	private void forgetIfClosed(String name) {
		RegisteredGroup present = registeredOrNull(name);
		if (present != null && !present.isConfigured() && present.group().isClosed() && !present.group().isClosing()) {
			forget(present);
		}
	}

	@Override
	public <T extends @Nullable Object> T inScope(String group, Supplier<T> action) {
		return NamedScope.within(get(group), action);
	}

	@Override
	public CallbackEnvironment environment(String group) {
		return registered(group).environment();
	}

	@Override
	public CallbackEnvironment.Builder environmentBuilder(String group) {
		return registered(group).environmentBuilder();
	}

	@Override
	public ThreadPool pool(String group) {
		return registered(group).pool();
	}

	@Override
	public List<CallbackSnapshot> stuckCallbacks(String group) {
		return registered(group).stuckCallbacks();
	}

	@Override
	public List<AdoptedExecutorSnapshot> adoptedExecutors(String group) {
		return registered(group).adopted().stream().map(AdoptedExecutor::snapshot).toList();
	}

	@Override
	public List<ThreadPool> pools() {
		return List.copyOf(this.pools.values());
	}

	@Override
	public CloseOptions closeOptions(String group, @Nullable CloseMode mode, @Nullable Duration timeout) {
		return registered(group).closeOptions(mode, timeout, this.shutdownSettings.deadline());
	}

	@Override
	public List<CleanupGroup> closingOrder() {
		return inClosingOrder().stream().map(RegisteredGroup::group).toList();
	}

	private List<RegisteredGroup> inClosingOrder() {
		return ClosingOrder.of(registered(), this.phase);
	}

	@Override
	public void drain() {
		this.draining.begin();
	}

	@Override
	public void resume() {
		this.draining.resumeAll();
	}

	@Override
	public void resume(String group) {
		this.draining.resume(registered(group));
	}

	/** Groups that are opened from now on accept. */
	void endDrain() {
		this.draining.end();
	}

	@Override
	public boolean isDraining(String group) {
		RegisteredGroup registered = registered(group);
		return registered.isDraining() || !registered.group().isAccepting();
	}

	@Override
	public boolean isIdle() {
		return inClosingOrder().stream().allMatch((each) -> each.isIdle() && !each.awaitsItsTurnToRefuse());
	}

	@Override
	public Reconfiguration reconfigure() {
		return reconfigure(Map.of());
	}

	@Override
	public Reconfiguration reconfigure(Map<String, ? extends @Nullable Object> changes) {
		return this.reconfiguring.reconfigure(changes);
	}

	/** New settings of the shutdown. */
	void shutdownSettings(Shutdown changed) {
		if (!changed.equals(this.shutdownSettings)) {
			this.shutdownSettings = changed;
			this.shutdownFollowers.forEach((each) -> each.accept(changed));
		}
	}

	/** Hears of new settings of the shutdown from now on. */
	void followShutdownSettings(Consumer<Shutdown> follower) {
		this.shutdownFollowers.add(follower);
	}

	/** A group that comes from the configuration. */
	RegisteredGroup configuredGroup(String name) {
		return registered(name);
	}

	/** The factory method of the pools' bean definitions. */
	ThreadPool configuredPool(String name) {
		ThreadPool pool = this.pools.get(name);
		Assert.state(pool != null, () -> "There is no pool '" + name + "'");
		return pool;
	}

	/** Lets a group close an executor of the application's, from now on. */
	AdoptedExecutor adopt(String executor, String group, IntSupplier threads) {
		RegisteredGroup adopting = registered(group);
		AdoptedExecutor adopted = new AdoptedExecutor(executor, adopting.group(), threads);
		adopting.adopt(adopted);
		return adopted;
	}

	/** All groups that there are now. */
	Collection<RegisteredGroup> registered() {
		synchronized (this.lock) {
			return List.copyOf(this.groups.values());
		}
	}

	private RegisteredGroup registered(String name) {
		RegisteredGroup registered = registeredOrNull(name);
		if (registered == null) {
			throw new NoSuchGroupException(name, names());
		}
		return registered;
	}

	private @Nullable RegisteredGroup registeredOrNull(String name) {
		synchronized (this.lock) {
			return this.groups.get(name);
		}
	}

	ReportDelivery reports() {
		return this.reports;
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
		}
		closed.gone();
	}

	@Override
	public void afterSingletonsInstantiated() {
		findObservers();
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
		this.decorators.find();
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

	private void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
		try {
			this.publisher.publishEvent(new CleanupGroupClosedEvent(group, options, report));
		}
		catch (Throwable ex) {
			logger.warn("The close of cleanup group '" + group.name() + "' could not be published: " + report, ex);
		}
		this.reports.accept(report);
		RegisteredGroup registered = registeredOrNull(group.name());
		if (group.isClosed() && registered != null && registered.group() == group && !registered.isConfigured()) {
			forget(registered);
		}
		if (group.isClosed()) {
			// Theirs is part of this close, and of its report.
			registered().stream()
				.filter((each) -> each.isBelow(group) && each.group().isClosed())
				.forEach(this::forget);
		}
	}

	/**
	 * The end of the application: closes for good what the lifecycle has stopped, and
	 * what it has not come to, because the start failed, shortly.
	 */
	void destroy() {
		opens(false);
		endDrain();
		new Disposal(registered(), pools()).run();
	}

}
