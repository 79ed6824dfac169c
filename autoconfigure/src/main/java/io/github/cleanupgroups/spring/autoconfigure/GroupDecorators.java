package io.github.cleanupgroups.spring.autoconfigure;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackDecorator;
import io.github.cleanupgroups.CallbackDecorator.Decoration;
import io.github.cleanupgroups.CallbackDecorator.Execution;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.spring.CleanupGroupDecorator;

/**
 * The decorators of all groups. The groups exist before them.
 */
final class GroupDecorators {

	private final Supplier<List<CleanupGroupDecorator>> lookup;

	/**
	 * Outermost first. Empty before they are looked up, and where there are none: then a
	 * submission costs nothing more. Written once, read by submitters.
	 */
	private volatile CleanupGroupDecorator[] decorators = {};

	GroupDecorators(Supplier<List<CleanupGroupDecorator>> lookup) {
		this.lookup = lookup;
	}

	/** Not before all singletons exist: decorators may depend on anything. */
	void find() {
		this.decorators = this.lookup.get().toArray(CleanupGroupDecorator[]::new);
	}

	CallbackDecorator of(CleanupGroup group) {
		return (kind, name) -> decorate(group, kind, name);
	}

	private @Nullable Decoration decorate(CleanupGroup group, MemberKind kind, String name) {
		CleanupGroupDecorator[] all = this.decorators;
		Decoration result = null;
		for (CleanupGroupDecorator each : all) {
			Decoration made = each.decorate(group, kind, name);
			if (made != null) {
				result = (result != null) ? new Nested(result, made) : made;
			}
		}
		return result;
	}

	/** One inside of another. */
	private record Nested(Decoration outer, Decoration inner) implements Decoration {

		@Override
		public void run(Execution execution) {
			this.outer.run(new Execution() {

				@Override
				public void proceed() {
					Nested.this.inner.run(execution);
				}

				@Override
				public void whenEnded(Consumer<@Nullable Throwable> action) {
					execution.whenEnded(action);
				}

			});
		}

		@Override
		public void tellOwner(Runnable notice) {
			this.outer.tellOwner(() -> this.inner.tellOwner(notice));
		}

	}

}
