package io.github.cleanupgroups.spring.actuate;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.PoolStats;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * What an operator can do to one group. None of it waits.
 */
enum GroupOperation {

	/** Refuses what is new from outside; what is queued runs. */
	DRAIN(true) {

		@Override
		void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments) {
			group.refuse();
		}

	},

	/** Closes the present members; the group lives on. */
	CLOSE(true) {

		@Override
		List<String> names() {
			return List.of("mode", "timeout");
		}

		@Override
		void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments) {
			Duration timeout = arguments.get("timeout", Duration.class);
			if (timeout != null && timeout.isNegative()) {
				throw new OperationRefusedException(OperationRefusedException.BAD_REQUEST,
						"'timeout' must not be negative, but is " + timeout + ".");
			}
			CloseOptions options = groups.closeOptions(group.name(), arguments.get("mode", CloseMode.class), timeout);
			group.closeMembersAsync(options.reason("asked for by an operator")).exceptionally((ex) -> {
				logger.error("Cleanup group '" + group.name() + "' could not be closed", ex);
				throw new CompletionException(ex);
			});
		}

	},

	/** Starts nothing any more. */
	PAUSE(false) {

		@Override
		void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments) {
			group.pause();
		}

	},

	/** Takes back a drain and a pause. */
	RESUME(false) {

		@Override
		void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments) {
			groups.resume(group.name());
		}

	},

	/** Changes the limits of the group's pool. */
	RESIZE(false) {

		@Override
		List<String> names() {
			return List.of("minThreads", "maxThreads");
		}

		@Override
		void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments) {
			arguments.requireAny(label(), names());
			ThreadPool pool = groups.pool(group.name());
			PoolStats stats = pool.stats();
			Integer minimum = arguments.get("minThreads", Integer.class);
			Integer maximum = arguments.get("maxThreads", Integer.class);
			pool.resize((minimum != null) ? minimum : stats.minThreads(),
					(maximum != null) ? maximum : stats.maxThreads());
		}

	},

	/** Changes the limits of the group itself. */
	LIMITS(false) {

		@Override
		List<String> names() {
			return List.of("maxConcurrency", "queueCapacity", "weight");
		}

		@Override
		void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments) {
			arguments.requireAny(label(), names());
			Integer maxConcurrency = positive(arguments, "maxConcurrency");
			Integer queueCapacity = positive(arguments, "queueCapacity");
			Integer weight = positive(arguments, "weight");
			if (queueCapacity != null) {
				// The only one that may be refused for what the group is: so it is first.
				group.queueCapacity(queueCapacity);
			}
			if (maxConcurrency != null) {
				group.maxConcurrency(maxConcurrency);
			}
			if (weight != null) {
				group.weight(weight);
			}
		}

	};

	private static final Log logger = LogFactory.getLog(GroupOperation.class);

	private final boolean takesTime;

	GroupOperation(boolean takesTime) {
		this.takesTime = takesTime;
	}

	static Optional<GroupOperation> of(String label) {
		return Arrays.stream(values()).filter((each) -> each.label().equals(label)).findFirst();
	}

	static String labels() {
		return Arrays.stream(values()).map(GroupOperation::label).collect(Collectors.joining(", "));
	}

	/** As it is written in a path. */
	String label() {
		return name().toLowerCase(Locale.ROOT);
	}

	/** Whether what it has begun goes on when it returns. */
	boolean takesTime() {
		return this.takesTime;
	}

	/** The arguments it knows. */
	List<String> names() {
		return List.of();
	}

	abstract void perform(CleanupGroups groups, CleanupGroup group, OperationArguments arguments);

	private static @Nullable Integer positive(OperationArguments arguments, String name) {
		Integer value = arguments.get(name, Integer.class);
		if (value != null && value < 1) {
			throw new OperationRefusedException(OperationRefusedException.BAD_REQUEST,
					"'" + name + "' must be 1 or more, but is " + value + ".");
		}
		return value;
	}

}
