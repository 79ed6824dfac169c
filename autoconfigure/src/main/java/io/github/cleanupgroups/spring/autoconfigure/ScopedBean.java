package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectFactory;

/**
 * One scoped bean from when it is first asked for: created by the thread that does, while
 * others wait. Thread-safe.
 */
final class ScopedBean {

	private final String name;

	private final String group;

	private final CompletableFuture<Object> made = new CompletableFuture<>();

	/** Who creates it. Written and cleared by that thread, read by those who wait. */
	private volatile @Nullable Thread creator = Thread.currentThread();

	/** To be created by the current thread. */
	ScopedBean(String name, String group) {
		this.name = name;
		this.group = group;
	}

	/** For the thread that has made this. Those who wait get the same failure. */
	Object create(ObjectFactory<?> factory) {
		Object bean = factory.getObject();
		this.creator = null;
		this.made.complete(bean);
		return bean;
	}

	void failed(Throwable failure) {
		this.creator = null;
		this.made.completeExceptionally(failure);
	}

	/** Waits for it, however long that takes; see {@link WaitForGraph}. */
	Object join() {
		try {
			return this.made.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw ex;
		}
	}

	/** The bean, null where it is not there, or not yet. */
	@Nullable Object getNow() {
		return this.made.isCompletedExceptionally() ? null : this.made.getNow(null);
	}

	/** Who creates it, null where that is over. */
	@Nullable Thread creator() {
		return this.creator;
	}

	String name() {
		return this.name;
	}

	/** How messages call it. */
	@Override
	public String toString() {
		return "'" + this.name + "' of group '" + this.group + "'";
	}

}
