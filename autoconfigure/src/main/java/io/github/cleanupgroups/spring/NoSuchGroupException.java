package io.github.cleanupgroups.spring;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * There is no cleanup group of that name: it is not configured under
 * {@code cleanup-groups.groups}, and nobody has opened it.
 *
 * @since 0.1.0
 */
public final class NoSuchGroupException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String group;

	private final ArrayList<String> known;

	/**
	 * An exception.
	 * @param group the name that was asked for
	 * @param known the names that there are
	 */
	public NoSuchGroupException(String group, Collection<String> known) {
		super("There is no cleanup group '" + group + "'. "
				+ (known.isEmpty() ? "None is configured under cleanup-groups.groups."
						: "Known groups: " + String.join(", ", known) + "."));
		this.group = group;
		this.known = new ArrayList<>(known);
	}

	/**
	 * Which group is missing.
	 * @return the name that was asked for
	 */
	public String group() {
		return this.group;
	}

	/**
	 * Which groups there were.
	 * @return their names
	 */
	public List<String> known() {
		return List.copyOf(this.known);
	}

}
