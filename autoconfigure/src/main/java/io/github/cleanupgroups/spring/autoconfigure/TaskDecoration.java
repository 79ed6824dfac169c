package io.github.cleanupgroups.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskDecorator;

import io.github.cleanupgroups.CallbackDecorator.Decoration;
import io.github.cleanupgroups.CallbackDecorator.Execution;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.spring.CleanupGroupDecorator;

/**
 * What a {@link TaskDecorator} has made of a task before anybody knows whether the task
 * will run or will be cancelled: it has decorated a {@link Placeholder}.
 *
 * @param decorated what the decorator has returned
 */
record TaskDecoration(Runnable decorated) implements Decoration {

	/** What the placeholders stand for that run on this thread now. */
	private static final ThreadLocal<@Nullable Runnable> CURRENT = new ThreadLocal<>();

	/** The decorator as one of groups: one that changes nothing costs nothing. */
	static CleanupGroupDecorator by(TaskDecorator decorator) {
		return new CleanupGroupDecorator() {

			@Override
			@SuppressWarnings("ReferenceEquality")
			public @Nullable Decoration decorate(CleanupGroup group, MemberKind kind, String name) {
				Placeholder placeholder = new Placeholder(name);
				Runnable decorated = decorator.decorate(placeholder);
				return (decorated != placeholder) ? new TaskDecoration(decorated) : null;
			}

		};
	}

	@Override
	public void run(Execution execution) {
		in(execution::proceed);
	}

	@Override
	public void tellOwner(Runnable notice) {
		in(notice);
	}

	private void in(Runnable code) {
		Runnable around = CURRENT.get();
		CURRENT.set(code);
		try {
			this.decorated.run();
		}
		finally {
			if (around != null) {
				CURRENT.set(around);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	/** What the decorator sees of the task. */
	private record Placeholder(String name) implements Runnable {

		@Override
		public void run() {
			Runnable code = CURRENT.get();
			if (code == null) {
				throw new IllegalStateException("A task decorator has run '" + this.name
						+ "' on another thread, or at another time, than it was run itself");
			}
			code.run();
		}

	}

}
