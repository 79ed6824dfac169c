package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;

import io.github.cleanupgroups.spring.GroupedAsync;

/**
 * Whether {@link GroupedAsync}, or an annotation that bears it, stands anywhere in a
 * class's hierarchy. To be asked of every bean's class before its methods are searched
 * one by one, which takes longer by far: superclasses and interfaces are the same for
 * many, and are looked at once.
 */
final class GroupedAsyncPresence {

	private final Map<Class<?>, Boolean> types = new ConcurrentHashMap<>();

	private final Map<Class<? extends Annotation>, Boolean> annotations = new ConcurrentHashMap<>();

	boolean isIn(Class<?> type) {
		// Not computeIfAbsent: what looks asks for supertypes in the same map.
		Boolean known = this.types.get(type);
		if (known == null) {
			known = find(type);
			this.types.put(type, known);
		}
		return known;
	}

	private boolean find(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, GroupedAsync.class)) {
			return false;
		}
		if (isDeclaredIn(type)) {
			return true;
		}
		for (Class<?> implemented : type.getInterfaces()) {
			if (isIn(implemented)) {
				return true;
			}
		}
		Class<?> superclass = type.getSuperclass();
		return superclass != null && isIn(superclass);
	}

	private boolean isDeclaredIn(Class<?> type) {
		try {
			if (isOn(type)) {
				return true;
			}
			// Spring's own processors have asked for these: they need not be made again.
			for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
				if (isOn(method)) {
					return true;
				}
			}
			return false;
		}
		catch (RuntimeException | LinkageError ex) {
			// The search tells what is wrong, or knows how to go on without.
			return true;
		}
	}

	private boolean isOn(AnnotatedElement element) {
		for (Annotation annotation : element.getDeclaredAnnotations()) {
			if (isMetaAnnotated(annotation.annotationType())) {
				return true;
			}
		}
		return false;
	}

	private boolean isMetaAnnotated(Class<? extends Annotation> type) {
		if (type == GroupedAsync.class) {
			return true;
		}
		return this.annotations.computeIfAbsent(type,
				(key) -> MergedAnnotations.from(key).isPresent(GroupedAsync.class));
	}

}
