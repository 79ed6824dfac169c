package io.github.cleanupgroups;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What a callback is handed of its execution. It lets go of the record when that is over,
 * for the worker uses records again, and users may hold on to this.
 */
final class InstanceHandle implements CallbackInstance {

	/** Null once that is over. Its thread writes; others read, to be told no. */
	private @Nullable RunningCallback execution;

	private final Entry entry;

	InstanceHandle(RunningCallback execution, Entry entry) {
		this.execution = execution;
		this.entry = entry;
	}

	/** All that is the user's has returned. */
	void end() {
		this.execution = null;
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
		lane().dispatcher.executions().disassociate(inside());
	}

	@Override
	public void whenReturned(Runnable action) {
		Objects.requireNonNull(action, "action");
		inside().whenReturned(action);
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
		RunningCallback ignored = inside();
	}

	/** The execution, which is the current thread's. */
	private RunningCallback inside() {
		RunningCallback mine = this.execution;
		if (mine == null || !mine.isOnThisThread()) {
			throw new IllegalStateException("the instance of '" + this.entry.memberName() + "' in " + lane().generation
					+ " was used outside its own callback");
		}
		return mine;
	}

}
