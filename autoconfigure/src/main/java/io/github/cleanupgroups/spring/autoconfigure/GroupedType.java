package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.spring.GroupedAsync;

/**
 * A class of beans, with what is known of its grouped methods.
 */
final class GroupedType {

	private final Class<?> type;

	/** By specific method. Never changes. */
	private final Map<Method, GroupedAsync> annotations;

	/**
	 * By the method that was called, which may be an interface's. Filled when a bean of
	 * the class is created, and by first calls through other methods; read at each call.
	 */
	private final Map<Method, GroupedCall> calls = new ConcurrentHashMap<>();

	GroupedType(Class<?> type, GroupedAsyncPresence presence) {
		this.type = type;
		this.annotations = GroupedMethods.in(type, presence);
	}

	Class<?> type() {
		return this.type;
	}

	boolean hasGroupedMethods() {
		return !this.annotations.isEmpty();
	}

	boolean isGrouped(Method method) {
		return hasGroupedMethods() && this.annotations.containsKey(GroupedMethods.specific(method, this.type));
	}

	void forEach(BiConsumer<Method, GroupedAsync> action) {
		this.annotations.forEach(action);
	}

	@Nullable GroupedAsync annotationOf(Method specific) {
		return this.annotations.get(specific);
	}

	@Nullable GroupedCall call(Method called) {
		return this.calls.get(called);
	}

	void resolved(Method called, GroupedCall call) {
		this.calls.put(called, call);
	}

}
