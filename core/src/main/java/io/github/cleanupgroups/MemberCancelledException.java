package io.github.cleanupgroups;

import java.io.Serial;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

/**
 * What the future of a one-off completes with whose callback was dropped before it
 * started.
 *
 * @since 0.1.0
 */
public final class MemberCancelledException extends CancellationException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String group;

	private final String member;

	private final @Nullable String reason;

	MemberCancelledException(String group, String member, @Nullable String reason) {
		super("member '" + member + "' of " + group + " was cancelled before it started"
				+ ((reason != null) ? ": " + reason : ""));
		this.group = group;
		this.member = member;
		this.reason = reason;
	}

	/**
	 * Without a stack: it would be the closer's, a million times over where a million
	 * members are cancelled.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

	/**
	 * Where it was cancelled.
	 * @return a description of the group, or of the pool of a member without group
	 */
	public String group() {
		return this.group;
	}

	/**
	 * Which member was cancelled.
	 * @return its name
	 */
	public String member() {
		return this.member;
	}

	/**
	 * Why its group was closed.
	 * @return {@link CloseOptions#reason(String)}, or null where there was none
	 */
	public @Nullable String reason() {
		return this.reason;
	}

}
