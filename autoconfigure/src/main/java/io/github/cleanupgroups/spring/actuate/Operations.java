package io.github.cleanupgroups.spring.actuate;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.NoSuchGroupException;

/**
 * Does what an operator asks for, and leaves an audit event of each attempt.
 */
final class Operations {

	/** Type of the audit events. */
	static final String AUDIT_TYPE = "CLEANUP_GROUP_OPERATION";

	private static final String DRAIN = "drain";

	private static final String RESUME = "resume";

	private static final String READINESS = "readiness";

	private final CleanupGroups groups;

	private final ApplicationContext context;

	/** Whether a drain has told the platform to send nothing. */
	private final AtomicBoolean trafficRefused = new AtomicBoolean();

	Operations(CleanupGroups groups, ApplicationContext context) {
		this.groups = groups;
		this.context = context;
	}

	/**
	 * Does something to one group.
	 * @return whether what it has begun goes on
	 * @throws OperationRefusedException if it cannot be
	 */
	boolean perform(@Nullable Principal principal, String group, String operation, OperationArguments arguments) {
		return audited(principal, group, operation, arguments, () -> one(group, operation, arguments));
	}

	/** As {@link #perform}, to all groups. */
	boolean performOnAll(@Nullable Principal principal, String operation, OperationArguments arguments) {
		return audited(principal, null, operation, arguments, () -> all(operation, arguments));
	}

	private boolean one(String name, String operation, OperationArguments arguments) {
		CleanupGroup group = this.groups.find(name)
			.orElseThrow(() -> refused(OperationRefusedException.NOT_FOUND, noSuchGroup(name)));
		GroupOperation known = GroupOperation.of(operation)
			.orElseThrow(() -> refused(OperationRefusedException.NOT_FOUND, "There is no operation '" + operation
					+ "' of a cleanup group, only " + GroupOperation.labels() + "."));
		arguments.requireOnly(operation, known.names());
		if (group.isClosed()) {
			throw refused(OperationRefusedException.CONFLICT, "Cleanup group '" + name + "' is closed for good.");
		}
		known.perform(this.groups, group, arguments);
		return known.takesTime();
	}

	private boolean all(String operation, OperationArguments arguments) {
		switch (operation) {
			case DRAIN -> {
				arguments.requireOnly(operation, List.of(READINESS));
				boolean readiness = Boolean.TRUE.equals(arguments.get(READINESS, Boolean.class));
				this.groups.drain();
				if (readiness) {
					this.trafficRefused.set(true);
					AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
				}
				return true;
			}
			case RESUME -> {
				arguments.requireOnly(operation, List.of());
				this.groups.resume();
				if (this.trafficRefused.getAndSet(false)) {
					AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
				}
				return false;
			}
			default -> throw refused(OperationRefusedException.NOT_FOUND, "There is no operation '" + operation
					+ "' of all cleanup groups, only " + DRAIN + ", " + RESUME + ".");
		}
	}

	private boolean audited(@Nullable Principal principal, @Nullable String group, String operation,
			OperationArguments arguments, Attempt attempt) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		if (group != null) {
			data.put("group", group);
		}
		data.put("operation", operation);
		data.putAll(arguments.asMap());
		try {
			boolean goesOn = attempted(attempt);
			data.put("outcome", "success");
			return goesOn;
		}
		catch (Throwable ex) {
			data.put("outcome", "failure");
			data.put("detail", String.valueOf(ex.getMessage()));
			throw ex;
		}
		finally {
			this.context.publishEvent(new AuditApplicationEvent(
					new AuditEvent((principal != null) ? principal.getName() : null, AUDIT_TYPE, data)));
		}
	}

	/** What the library refuses is the operator's mistake, or comes at a bad time. */
	private static boolean attempted(Attempt attempt) {
		try {
			return attempt.run();
		}
		catch (NoSuchGroupException ex) {
			// It was opened, and has been closed meanwhile.
			throw refused(OperationRefusedException.NOT_FOUND, noSuchGroup(ex.group()));
		}
		catch (IllegalArgumentException ex) {
			throw refused(OperationRefusedException.BAD_REQUEST, String.valueOf(ex.getMessage()));
		}
		catch (IllegalStateException ex) {
			throw refused(OperationRefusedException.CONFLICT, String.valueOf(ex.getMessage()));
		}
	}

	static String noSuchGroup(String name) {
		return "There is no cleanup group '" + name + "'.";
	}

	private static OperationRefusedException refused(int status, String detail) {
		return new OperationRefusedException(status, detail);
	}

	/** Returns whether what it has begun goes on. */
	private interface Attempt {

		boolean run();

	}

}
