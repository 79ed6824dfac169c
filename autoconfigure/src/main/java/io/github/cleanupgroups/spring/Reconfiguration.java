package io.github.cleanupgroups.spring;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What came of changed settings.
 *
 * @param applied what is in force now
 * @param afterRestart what takes effect at the next start of the application only
 * @since 0.1.0
 * @see CleanupGroups#reconfigure()
 */
public record Reconfiguration(List<Change> applied, List<Change> afterRestart) {

	/**
	 * What came of changed settings.
	 * @param applied what is in force now
	 * @param afterRestart what takes effect at the next start of the application only
	 */
	public Reconfiguration {
		applied = List.copyOf(applied);
		afterRestart = List.copyOf(afterRestart);
	}

	/**
	 * A setting that has changed.
	 *
	 * @param key its whole key, such as {@code cleanup-groups.groups.mail.weight}; that
	 * of a group or pool where it has come or gone as a whole
	 * @param from what it was; null where it was not set
	 * @param to what it is now; null where it is not set
	 */
	public record Change(String key, @Nullable String from, @Nullable String to) {

		@Override
		public String toString() {
			return "'" + this.key + "' from " + shown(this.from) + " to " + shown(this.to);
		}

		private static String shown(@Nullable String value) {
			return (value != null) ? value : "(not set)";
		}

	}

}
