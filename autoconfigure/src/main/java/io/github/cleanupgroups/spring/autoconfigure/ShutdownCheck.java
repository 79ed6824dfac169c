package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;

/**
 * Finds what the deadline does not fit: other time-outs of the shutdown, and other
 * phases. Each is a warning, not a mistake: what the platform does is not known here.
 */
final class ShutdownCheck {

	/** Executors, schedulers and integration endpoints stop in this phase. */
	static final int PHASE_OF_EXECUTORS = Integer.MAX_VALUE / 2;

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

	private static final String DEADLINE = Keys.ofShutdown("deadline");

	private static final String GRACE_PERIOD = Keys.ofShutdown("termination-grace-period");

	private static final String PRE_STOP_DELAY = Keys.ofShutdown("pre-stop-delay");

	private final Shutdown settings;

	private final Map<String, Group> groups;

	private final Environment environment;

	private final List<String> warnings = new ArrayList<>();

	private ShutdownCheck(Shutdown settings, Map<String, Group> groups, Environment environment) {
		this.settings = settings;
		this.groups = groups;
		this.environment = environment;
	}

	/**
	 * What to warn of.
	 * @param settings of the shutdown
	 * @param groups settings of the groups by name
	 * @param environment where the time-outs of others are
	 * @param webServer whether there is one
	 */
	static List<String> warnings(Shutdown settings, Map<String, Group> groups, Environment environment,
			boolean webServer) {
		ShutdownCheck check = new ShutdownCheck(settings, groups, environment);
		check.phases();
		check.gracePeriod();
		check.phaseTimeout();
		if (webServer) {
			check.requestsInFlight();
		}
		return check.warnings;
	}

	private void phases() {
		phase(Keys.ofShutdown("phase"), this.settings.phase());
		this.groups.forEach((name, group) -> {
			if (group.phase() != null) {
				phase(Keys.ofGroup(name, "phase"), group.phase());
			}
		});
	}

	private void phase(String key, int phase) {
		if (phase <= PHASE_OF_EXECUTORS) {
			this.warnings.add("The key '" + key + "' is " + phase + ", not above " + PHASE_OF_EXECUTORS
					+ ", in which executors and schedulers stop" + ((phase <= 0) ? ", and clients in 0" : "")
					+ ": members would find them stopped. Raise it, unless they need none of them.");
		}
	}

	/** What the platform gives must do for the hook before the end and for us. */
	private void gracePeriod() {
		Duration gracePeriod = this.settings.terminationGracePeriod();
		Duration delay = this.settings.preStopDelay();
		if (gracePeriod == null) {
			if (delay != null) {
				this.warnings.add("The key '" + PRE_STOP_DELAY + "' says nothing without '" + GRACE_PERIOD
						+ "'. Give both, or remove it.");
			}
			return;
		}
		Duration others = GroupShutdown.OVERTIME.plus((delay != null) ? delay : Duration.ZERO);
		Duration needed = this.settings.deadline().plus(others);
		if (needed.compareTo(gracePeriod) <= 0) {
			return;
		}
		Duration left = gracePeriod.minus(others);
		this.warnings.add("The key '" + GRACE_PERIOD + "' is " + Keys.show(gracePeriod) + ", but '" + DEADLINE + "' ("
				+ Keys.show(this.settings.deadline()) + "), "
				+ ((delay != null) ? "'" + PRE_STOP_DELAY + "' (" + Keys.show(delay) + ") " : "") + "and "
				+ Keys.show(GroupShutdown.OVERTIME) + " for what hangs make " + Keys.show(needed)
				+ ": the process would be killed before its groups are closed. Let the platform give "
				+ Keys.show(needed) + " or more"
				+ (left.isNegative() ? "." : ", or lower '" + DEADLINE + "' to " + Keys.show(left) + " at most."));
	}

	/**
	 * The groups' phase gets what it needs, whatever the others get. But the time-out is
	 * what the operator thinks a phase takes, and by default it is what platforms give.
	 */
	private void phaseTimeout() {
		Duration timeout = timeoutOfPhases();
		if (this.settings.terminationGracePeriod() == null && this.settings.deadline().compareTo(timeout) > 0) {
			this.warnings.add("The key '" + DEADLINE + "' is " + Keys.show(this.settings.deadline()) + ", above '"
					+ PHASE_TIMEOUT + "' (" + Keys.show(timeout) + byDefault()
					+ "). The groups' phase is given that time all the same: will the platform wait so long? "
					+ "Say in '" + GRACE_PERIOD + "' how long it does, which is compared then instead, raise '"
					+ PHASE_TIMEOUT + "', or lower the deadline.");
		}
	}

	/** The deadline counts from before the web server waits for its requests. */
	private void requestsInFlight() {
		Duration timeout = timeoutOfPhases();
		ShutdownBudget.Reserve shares = new ShutdownBudget(this.groups, this.settings.phase()).longest();
		boolean fits = shares.total().isZero() ? timeout.compareTo(this.settings.deadline()) < 0
				: timeout.plus(shares.total()).compareTo(this.settings.deadline()) <= 0;
		boolean chosen = this.environment.containsProperty(PHASE_TIMEOUT) || this.environment.containsProperty(DEADLINE)
				|| !shares.total().isZero();
		boolean immediate = "immediate".equalsIgnoreCase(this.environment.getProperty("server.shutdown"));
		if (fits || !chosen || immediate) {
			return;
		}
		this.warnings.add("The key '" + DEADLINE + "' is " + Keys.show(this.settings.deadline())
				+ ", counted from when the context begins to close, and the web server may wait for its requests for '"
				+ PHASE_TIMEOUT + "' (" + Keys.show(timeout) + byDefault() + ") of that: it would not leave "
				+ (shares.total().isZero() ? "the groups anything"
						: "what 'min-share' reserves for " + String.join(", ", shares.groups()) + " ("
								+ Keys.show(shares.total()) + ")")
				+ ". Lower '" + PHASE_TIMEOUT + "', or raise the deadline.");
	}

	private Duration timeoutOfPhases() {
		return Binder.get(this.environment).bind(PHASE_TIMEOUT, Duration.class).orElse(DEFAULT_PHASE_TIMEOUT);
	}

	private String byDefault() {
		return this.environment.containsProperty(PHASE_TIMEOUT) ? "" : " by default";
	}

}
