package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.util.ClassUtils;

/**
 * Which task decorators apply to members: those of the application in their order, as
 * with the executors of Spring Boot, of which at most one propagates contexts.
 */
final class TaskDecorators {

	private TaskDecorators() {
	}

	/** Whether there is the library that knows what a context is made of. */
	static boolean canPropagate() {
		return ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory", null);
	}

	/**
	 * All in one.
	 * @param beans the application's, in their order
	 * @param propagateContext whether contexts are to be propagated; null where the beans
	 * alone say
	 * @return null where there are none
	 */
	static @Nullable TaskDecorator all(List<TaskDecorator> beans, @Nullable Boolean propagateContext) {
		List<TaskDecorator> decorators = new ArrayList<>();
		boolean propagates = Boolean.FALSE.equals(propagateContext);
		for (TaskDecorator each : beans) {
			if (!(each instanceof ContextPropagatingTaskDecorator)) {
				decorators.add(each);
			}
			else if (!propagates) {
				decorators.add(each);
				propagates = true;
			}
		}
		if (!propagates && Boolean.TRUE.equals(propagateContext) && canPropagate()) {
			decorators.add(new ContextPropagatingTaskDecorator());
		}
		return switch (decorators.size()) {
			case 0 -> null;
			case 1 -> decorators.get(0);
			default -> new CompositeTaskDecorator(decorators);
		};
	}

}
