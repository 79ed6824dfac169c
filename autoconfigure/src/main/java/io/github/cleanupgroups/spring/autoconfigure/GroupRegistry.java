package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationNotAllowedException;
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
import io.github.cleanupgroups.spring.Reconfiguration;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * The registry of one application context: what the application sees of its groups, and
 * what its parts have in common. It is no lifecycle bean, so that anybody may inject it,
 * and needs nothing but the settings, so that it may be created early.
 */
final class GroupRegistry implements CleanupGroups, SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(GroupRegistry.class);

	private final ApplicationEventPublisher publisher;

	private final ReportDelivery reports = new ReportDelivery();

	private final ConfiguredPools pools;

	private final GroupFactory factory;

	private final GroupDirectory directory;

	/** Phase of groups that name none. */
	private final int phase;

	private final ShutdownSettings shutdownSettings;

	private final Draining draining;

	private final Reconfiguring reconfiguring;

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
		this.pools = new ConfiguredPools(properties, virtualByDefault);
		this.factory = new GroupFactory(this.pools, decorators, properties.stuck().after(), this::closed);
		this.directory = new GroupDirectory(() -> {
			// An observer may submit as soon as it has joined.
			decorators.find();
			return findObservers.get();
		});
		this.phase = properties.shutdown().phase();
		this.shutdownSettings = new ShutdownSettings(properties.shutdown());
		this.draining = new Draining(this::inClosingOrder, this.phase);
		this.reconfiguring = new Reconfiguring(this, environment, properties);
		properties.groups().forEach((name, settings) -> this.directory.add(this.factory.configured(name, settings)));
	}

	@Override
	public CleanupGroup get(String name) {
		return this.directory.get(name).group();
	}

	@Override
	public Optional<CleanupGroup> find(String name) {
		return Optional.ofNullable(this.directory.find(name)).map(RegisteredGroup::group);
	}

	@Override
	public Set<String> names() {
		return this.directory.names();
	}

	@Override
	public CleanupGroup open(String name) {
		return open(name, Group.DEFAULT, null);
	}

	@Override
	public CleanupGroup open(String name, CleanupGroup parent) {
		RegisteredGroup registered = this.directory.find(parent.name());
		Assert.isTrue(registered != null && registered.group() == parent,
				() -> "Cleanup group '" + name + "' cannot be opened below '" + parent.name()
						+ "', which is not among the groups of this application: " + String.join(", ", names()));
		Assert.state(parent.isAccepting() || (parent.isInside() && !parent.isClosed()), () -> "Cleanup group '" + name
				+ "' cannot be opened below '" + parent.name() + "', which accepts nothing new");
		return open(name, registered.settings().ofChild(), registered);
	}

	private CleanupGroup open(String name, Group settings, @Nullable RegisteredGroup parent) {
		return this.directory.open(name, () -> this.factory.opened(name, settings, parent), this.draining::opened)
			.group();
	}

	@Override
	public <T extends @Nullable Object> T inScope(String group, Supplier<T> action) {
		return NamedScope.within(get(group), action);
	}

	@Override
	public CallbackEnvironment environment(String group) {
		return this.directory.get(group).environment();
	}

	@Override
	public CallbackEnvironment.Builder environmentBuilder(String group) {
		return this.directory.get(group).environmentBuilder();
	}

	@Override
	public ThreadPool pool(String group) {
		return this.directory.get(group).pool();
	}

	@Override
	public List<CallbackSnapshot> stuckCallbacks(String group) {
		return this.directory.get(group).stuckCallbacks();
	}

	@Override
	public List<AdoptedExecutorSnapshot> adoptedExecutors(String group) {
		return this.directory.get(group).adopted().stream().map(AdoptedExecutor::snapshot).toList();
	}

	@Override
	public List<ThreadPool> pools() {
		return this.pools.all();
	}

	@Override
	public CloseOptions closeOptions(String group, @Nullable CloseMode mode, @Nullable Duration timeout) {
		return this.directory.get(group).closeOptions(mode, timeout, this.shutdownSettings.inForce().deadline());
	}

	@Override
	public List<CleanupGroup> closingOrder() {
		return inClosingOrder().stream().map(RegisteredGroup::group).toList();
	}

	private List<RegisteredGroup> inClosingOrder() {
		return ClosingOrder.of(this.directory.all(), this.phase);
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
		this.draining.resume(this.directory.get(group));
	}

	/** Groups that are opened from now on accept. */
	void endDrain() {
		this.draining.end();
	}

	@Override
	public boolean isDraining(String group) {
		RegisteredGroup registered = this.directory.get(group);
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

	/** The factory method of the pools' bean definitions. */
	ThreadPool configuredPool(String name) {
		return this.pools.get(name);
	}

	/** Lets a group close an executor of the application's, from now on. */
	AdoptedExecutor adopt(String executor, String group, IntSupplier threads) {
		RegisteredGroup adopting = this.directory.get(group);
		AdoptedExecutor adopted = new AdoptedExecutor(executor, adopting.group(), threads);
		adopting.adopt(adopted);
		return adopted;
	}

	GroupDirectory directory() {
		return this.directory;
	}

	ReportDelivery reports() {
		return this.reports;
	}

	ShutdownSettings shutdownSettings() {
		return this.shutdownSettings;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.directory.findObservers();
	}

	private void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
		try {
			this.publisher.publishEvent(new CleanupGroupClosedEvent(group, options, report));
		}
		catch (BeanCreationNotAllowedException ex) {
			// The start has failed before all listeners were made. Its cause should be
			// seen.
			logger.debug("Nobody is left to hear of the close of cleanup group '" + group.name() + "'", ex);
		}
		catch (Throwable ex) {
			logger.warn("The close of cleanup group '" + group.name() + "' could not be published: " + report, ex);
		}
		this.reports.accept(report);
		this.directory.forgetEnded(group);
	}

	/**
	 * The end of the application: closes for good what the lifecycle has stopped, and
	 * what it has not come to, because the start failed, shortly.
	 */
	void destroy() {
		this.directory.opens(false);
		endDrain();
		new Disposal(this.directory.all(), pools()).run();
	}

}
