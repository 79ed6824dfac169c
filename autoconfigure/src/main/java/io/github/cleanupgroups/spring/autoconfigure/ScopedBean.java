package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectFactory;

/**
 * One scoped bean from when it is first asked for: created by the thread that does, while
 * others wait. Thread-safe.
 *
 * <p>
 * Its creation is <em>under way</em>, then <em>over</em>: the bean is there, or it has
 * failed. No future, for that lets a thread that waits run other tasks meanwhile, which
 * may wait in turn.
 */
final class ScopedBean {

	private final String name;

	private final String group;

	private final CountDownLatch over = new CountDownLatch(1);

	/** Written by the creator before it is over, read by others after that. */
	private @Nullable Object bean;

	/** As {@link #bean}. */
	private @Nullable Throwable failure;

	private final Thread creator = Thread.currentThread();

	/** To be created by the current thread. */
	ScopedBean(String name, String group) {
		this.name = name;
		this.group = group;
	}

	/** For the thread that has made this; {@link #failed} where that throws. */
	Object create(ObjectFactory<?> factory) {
		Object created = factory.getObject();
		this.bean = created;
		this.over.countDown();
		return created;
	}

	/** Those who wait get the same failure. */
	void failed(Throwable with) {
		this.failure = with;
		this.over.countDown();
	}

	/** Waits for it, however long that takes; see {@link WaitForGraph}. */
	Object join() {
		boolean interrupted = false;
		try {
			for (;;) {
				try {
					this.over.await();
					return get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private Object get() {
		if (this.failure instanceof RuntimeException same) {
			throw same;
		}
		if (this.failure != null) {
			throw new BeanCreationException(this.name, "Its creation by another thread failed", this.failure);
		}
		return Objects.requireNonNull(this.bean, "bean");
	}

	/** The bean, null where it is not there, or not yet. */
	@Nullable Object getNow() {
		return isOver() ? this.bean : null;
	}

	private boolean isOver() {
		return this.over.getCount() == 0;
	}

	/** Who creates it, null where that is over. */
	@Nullable Thread creator() {
		return isOver() ? null : this.creator;
	}

	String name() {
		return this.name;
	}

	/** How messages call it. */
	@Override
	public String toString() {
		String own = ScopedProxyUtils.isScopedTarget(this.name) ? ScopedProxyUtils.getOriginalBeanName(this.name)
				: this.name;
		return "'" + own + "' of group '" + this.group + "'";
	}

}
