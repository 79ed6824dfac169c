package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectFactory;
import org.springframework.util.ReflectionUtils;

/**
 * The scoped beans that some members share. Beans are created and destroyed without the
 * lock; who asks for one that another thread creates waits for it.
 */
final class ScopedBeans implements AutoCloseable {

	private final String group;

	/** Shared by all: a cycle may span several groups, and contexts. */
	private final WaitForGraph waitForGraph;

	private final Object lock = new Object();

	@GuardedBy("lock")
	private final Map<String, ScopedBean> beans = new LinkedHashMap<>();

	/** By name of the bean, in the order of creation. */
	@GuardedBy("lock")
	private final Map<String, List<Runnable>> destructions = new LinkedHashMap<>();

	@GuardedBy("lock")
	private boolean closed;

	ScopedBeans(String group, WaitForGraph waitForGraph) {
		this.group = group;
		this.waitForGraph = waitForGraph;
	}

	Object get(String name, ObjectFactory<?> factory) {
		ScopedBean bean;
		boolean isNew;
		synchronized (this.lock) {
			requireOpen(name);
			ScopedBean present = this.beans.get(name);
			isNew = present == null;
			bean = (present != null) ? present : new ScopedBean(name, this.group);
			if (isNew) {
				this.beans.put(name, bean);
			}
		}
		if (isNew) {
			return created(name, factory, bean);
		}
		Object made = bean.getNow();
		return (made != null) ? made : this.waitForGraph.await(bean);
	}

	private Object created(String name, ObjectFactory<?> factory, ScopedBean mine) {
		try {
			return mine.create(factory);
		}
		catch (Throwable ex) {
			synchronized (this.lock) {
				this.beans.remove(name, mine);
			}
			mine.failed(ex);
			throw ex;
		}
	}

	@Nullable Object remove(String name) {
		synchronized (this.lock) {
			this.destructions.remove(name);
			ScopedBean removed = this.beans.remove(name);
			return (removed != null) ? removed.getNow() : null;
		}
	}

	/** Called while the bean is created. */
	void onDestruction(String name, Runnable callback) {
		synchronized (this.lock) {
			if (!this.closed) {
				this.destructions.computeIfAbsent(name, (key) -> new ArrayList<>()).add(callback);
				return;
			}
		}
		callback.run();
	}

	@GuardedBy("lock")
	private void requireOpen(String name) {
		if (this.closed) {
			throw new IllegalStateException(
					"Cleanup group '" + this.group + "' has been closed: there is no bean '" + name + "' any more");
		}
	}

	/**
	 * Destroys all beans, the latest first. Each destruction is called, whatever others
	 * throw; the first failure is thrown when all are over, with the others suppressed.
	 */
	@Override
	@SuppressWarnings("ReferenceEquality") // none can be suppressed by itself
	public void close() {
		List<Runnable> callbacks = new ArrayList<>();
		synchronized (this.lock) {
			this.closed = true;
			this.destructions.values().forEach(callbacks::addAll);
			this.destructions.clear();
			this.beans.clear();
		}
		Collections.reverse(callbacks);
		@Nullable Throwable failure = null;
		for (Runnable each : callbacks) {
			try {
				each.run();
			}
			catch (Throwable ex) {
				if (failure == null) {
					failure = ex;
				}
				else if (failure != ex) {
					failure.addSuppressed(ex);
				}
			}
		}
		if (failure != null) {
			ReflectionUtils.rethrowRuntimeException(failure);
		}
	}

}
