package io.github.cleanupgroups;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * One execution with a decoration around it. Belongs to the callback's thread.
 */
final class DecoratedExecution implements CallbackDecorator.Execution {

	private final RunningCallback execution;

	private boolean proceeded;

	/** Whether the decoration has returned: what it kept of this leads nowhere. */
	private boolean over;

	DecoratedExecution(RunningCallback execution) {
		this.execution = execution;
	}

	/** Nothing escapes, and the callback's owner hears of it whatever happens. */
	void run(CallbackDecorator.Decoration decoration) {
		Throwable thrown = null;
		try {
			decoration.run(this);
		}
		catch (Throwable ex) {
			thrown = ex;
		}
		this.over = true;
		if (this.proceeded) {
			if (thrown != null) {
				this.execution.decorationFailed(thrown);
			}
			return;
		}
		this.execution.runNothing((thrown != null) ? thrown : new IllegalStateException(
				"the decorator has returned without running '" + this.execution.entry().memberName() + "'"));
	}

	@Override
	public void proceed() {
		if (this.proceeded) {
			throw new IllegalStateException(
					"the decorator has run '" + this.execution.entry().memberName() + "' already");
		}
		requireInside();
		this.proceeded = true;
		this.execution.runCallback();
	}

	@Override
	public void whenEnded(Consumer<@Nullable Throwable> action) {
		requireInside();
		this.execution.whenEnded(action);
	}

	private void requireInside() {
		this.execution.requireOwnThread();
		if (this.over) {
			throw new IllegalStateException("the decorator of '" + this.execution.entry().memberName()
					+ "' has returned; an execution can be used only until then");
		}
	}

}
