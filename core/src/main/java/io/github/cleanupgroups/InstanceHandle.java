package io.github.cleanupgroups;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What a callback is handed of its execution. It knows whether the record of that is
 * still about its own callback: its worker uses records again, and users may hold on to
 * this.
 */
final class InstanceHandle implements CallbackInstance {

	private final RunningCallback execution;

	private final Entry entry;

	/** Of the record, while it is about this execution. */
	private final int version;

	InstanceHandle(RunningCallback execution, Entry entry, int version) {
		this.execution = execution;
		this.entry = entry;
		this.version = version;
	}

	@Override
	public MemberKind kind() {
		checkInside();
		return this.entry.memberKind();
	}

	@Override
	public @Nullable Member member() {
		checkInside();
		return this.entry.object();
	}

	@Override
	public @Nullable Object context() {
		checkInside();
		return this.entry.context();
	}

	@Override
	public boolean mayRunLong() {
		checkInside();
		return lane().dispatcher.workers().prepareSubstitute() || this.entry.environment.isRunsLong();
	}

	@Override
	public void disassociate() {
		checkInside();
		lane().dispatcher.executions().disassociate(this.execution);
	}

	@Override
	public void whenReturned(Runnable action) {
		Objects.requireNonNull(action, "action");
		checkInside();
		this.execution.whenReturned(action);
	}

	@Override
	public boolean isClosing() {
		checkInside();
		return lane().state != Lane.OPEN;
	}

	private Lane lane() {
		return this.entry.lane();
	}

	private void checkInside() {
		if (!this.execution.isValid(this.version)) {
			throw new IllegalStateException("the instance of '" + this.entry.memberName() + "' in " + lane().generation
					+ " was used outside its own callback");
		}
	}

}
