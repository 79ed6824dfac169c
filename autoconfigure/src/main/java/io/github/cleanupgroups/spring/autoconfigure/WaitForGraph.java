package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCurrentlyInCreationException;

/**
 * Which thread waits for which scoped bean that another thread creates. A wait that would
 * never end, since the beans need each other, is refused: on one thread Spring refuses
 * the same. Thread-safe.
 */
final class WaitForGraph {

	private final Object lock = new Object();

	@GuardedBy("lock")
	private final IdentityHashMap<Thread, ScopedBean> awaited = new IdentityHashMap<>();

	/**
	 * Waits for a bean.
	 * @throws BeanCurrentlyInCreationException if its creation waits, be it through that
	 * of others, for one that the current thread creates
	 */
	Object await(ScopedBean bean) {
		Thread thread = Thread.currentThread();
		synchronized (this.lock) {
			requireNoCycle(bean, thread);
			this.awaited.put(thread, bean);
		}
		try {
			return bean.join();
		}
		finally {
			synchronized (this.lock) {
				this.awaited.remove(thread);
			}
		}
	}

	/**
	 * The last wait of a cycle finds the others registered, and none of them can end:
	 * what each waits for is not made before the next of them goes on.
	 */
	@GuardedBy("lock")
	@SuppressWarnings("ReferenceEquality") // threads may say that they equal each other
	private void requireNoCycle(ScopedBean bean, Thread waiting) {
		List<String> steps = new ArrayList<>(2);
		@Nullable ScopedBean created = bean;
		while (created != null) {
			Thread creator = created.creator();
			if (creator == null) {
				return;
			}
			ScopedBean needed = (creator != waiting) ? this.awaited.get(creator) : bean;
			steps.add("thread '" + creator.getName() + "' creates " + created + " and needs " + needed);
			if (creator == waiting) {
				throw new BeanCurrentlyInCreationException(bean.name(),
						"It would be waited for for ever: " + String.join(", ", steps)
								+ ". Let one of them ask for the other once it exists, not while it is created:"
								+ " through an ObjectProvider, or the proxy that is injected by default");
			}
			created = needed;
		}
	}

}
