package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import io.github.cleanupgroups.spring.GroupedAsync;

/**
 * Which methods of a class {@link GroupedAsync} covers: a method's own annotation (its
 * interfaces and overridden methods included) before that of its class, then that of an
 * interface.
 */
final class GroupedMethods {

	private final Class<?> type;

	private final @Nullable GroupedAsync ofType;

	private final Map<Method, GroupedAsync> ofInterfaces = new HashMap<>();

	private GroupedMethods(Class<?> type) {
		this.type = type;
		this.ofType = MergedAnnotations.from(type, SearchStrategy.SUPERCLASS)
			.get(GroupedAsync.class)
			.synthesize(MergedAnnotation::isPresent)
			.orElse(null);
		interfacesOf(type).forEach(this::addInterface);
	}

	/**
	 * The covered methods of a class, each as {@link #specific(Method, Class)} names it.
	 */
	static Map<Method, GroupedAsync> in(Class<?> type, GroupedAsyncPresence presence) {
		Class<?> userType = ClassUtils.getUserClass(type);
		if (!presence.isIn(userType)) {
			return Map.of();
		}
		Map<Method, GroupedAsync> found = MethodIntrospector.selectMethods(userType,
				new GroupedMethods(userType)::annotationOf);
		return found.isEmpty() ? Map.of() : found;
	}

	/**
	 * What a call of a method really calls: the implementation, not a bridge. Behind a
	 * JDK proxy there is nothing to look at but the interfaces.
	 */
	static Method specific(Method method, Class<?> type) {
		return Proxy.isProxyClass(type) ? method : AopUtils.getMostSpecificMethod(method, type);
	}

	private @Nullable GroupedAsync annotationOf(Method method) {
		GroupedAsync own = AnnotatedElementUtils.findMergedAnnotation(method, GroupedAsync.class);
		if (own != null) {
			return own;
		}
		int modifiers = method.getModifiers();
		if (!Modifier.isPublic(modifiers) || Modifier.isStatic(modifiers) || ReflectionUtils.isObjectMethod(method)) {
			return null;
		}
		return (this.ofType != null) ? this.ofType : this.ofInterfaces.get(method);
	}

	private void addInterface(Class<?> declaring) {
		MergedAnnotation<GroupedAsync> annotation = MergedAnnotations.from(declaring).get(GroupedAsync.class);
		if (annotation.isPresent()) {
			GroupedAsync synthesized = annotation.synthesize();
			for (Method method : declaring.getMethods()) {
				this.ofInterfaces.putIfAbsent(specific(method, this.type), synthesized);
			}
		}
	}

	private static Set<Class<?>> interfacesOf(Class<?> type) {
		Set<Class<?>> interfaces = new LinkedHashSet<>();
		for (Class<?> declared : ClassUtils.getAllInterfacesForClassAsSet(type)) {
			addWithSuperInterfaces(declared, interfaces);
		}
		return interfaces;
	}

	private static void addWithSuperInterfaces(Class<?> type, Set<Class<?>> interfaces) {
		if (interfaces.add(type)) {
			for (Class<?> extended : type.getInterfaces()) {
				addWithSuperInterfaces(extended, interfaces);
			}
		}
	}

}
