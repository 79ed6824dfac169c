package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Pending;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;
import io.github.cleanupgroups.spring.NoSuchGroupException;

/**
 * The grouped methods of all beans. Whatever depends on the annotation alone is worked
 * out once a method; a call finds it by class and method.
 */
final class GroupedCalls {

	private final ConcurrentMap<Class<?>, GroupedType> types = new ConcurrentHashMap<>();

	private final GroupedAsyncPresence presence = new GroupedAsyncPresence();

	private final BeanFactory beanFactory;

	private final StringValueResolver values;

	private final UncaughtExceptions uncaught;

	GroupedCalls(BeanFactory beanFactory, StringValueResolver values, UncaughtExceptions uncaught) {
		this.beanFactory = beanFactory;
		this.values = values;
		this.uncaught = uncaught;
	}

	GroupedType type(Class<?> type) {
		GroupedType known = this.types.get(type);
		return (known != null) ? known : this.types.computeIfAbsent(type, (key) -> new GroupedType(key, this.presence));
	}

	/**
	 * Checks all grouped methods of a bean's class and finds their groups.
	 * @throws InvalidGroupedAsyncException if one of them cannot work
	 */
	void resolve(GroupedType type, String beanName) {
		type.forEach((method, annotation) -> {
			if (type.call(method) == null) {
				type.resolved(method, resolve(beanName, type.type(), method, annotation));
			}
		});
	}

	/** The call of a grouped method, on a bean of a class. */
	GroupedCall call(Class<?> targetType, Method called) {
		GroupedType type = type(targetType);
		GroupedCall call = type.call(called);
		return (call != null) ? call : firstCall(type, called);
	}

	/** A method is called through another declaration than that of the class. */
	private GroupedCall firstCall(GroupedType type, Method called) {
		Method specific = GroupedMethods.specific(called, type.type());
		GroupedCall call = type.call(specific);
		if (call == null) {
			GroupedAsync annotation = type.annotationOf(specific);
			if (annotation == null) {
				throw new IllegalStateException(called + " is not grouped in " + type.type());
			}
			call = resolve("unknown", type.type(), specific, annotation);
			type.resolved(specific, call);
		}
		type.resolved(called, call);
		return call;
	}

	private GroupedCall resolve(String beanName, Class<?> type, Method method, GroupedAsync annotation) {
		GroupedAsyncRules rules = new GroupedAsyncRules(beanName, type, method, annotation);
		rules.check();
		CallbackEnvironment environment = environment(rules, label(type, method, annotation), annotation);
		if (GroupedAsyncRules.suspends(method)) {
			return new GroupedCall.WithCoroutine(environment, !GroupedAsyncRules.returnsFlow(method),
					afterSuspensions(rules, type, method, annotation));
		}
		if (GroupedAsyncRules.returnsPublisher(method)) {
			return new GroupedCall.WithPublisher(environment, GroupedAsyncRules.returnsOneAtMost(method));
		}
		GroupedCall call = GroupedAsyncRules.returnsNothing(method)
				? new GroupedCall.WithoutResult(environment, method, this.uncaught)
				: new GroupedCall.WithFuture(environment);
		return annotation.afterCommit() ? new GroupedCall.AfterCommit(call, method, this.uncaught) : call;
	}

	private CallbackEnvironment environment(GroupedAsyncRules rules, String label, GroupedAsync annotation) {
		CallbackEnvironment.Builder builder = builder(rules, groupName(rules, annotation)).memberName(label)
			.runsLong(annotation.runsLong());
		if (annotation.priority().length > 0) {
			builder.priority(annotation.priority()[0]);
		}
		switch (annotation.onClose()) {
			case AWAIT -> builder.onGroupClose(Pending.AWAIT);
			case CANCEL -> builder.onGroupClose(Pending.CANCEL);
			case INHERIT -> {
			}
		}
		return builder.build();
	}

	/** No members: the member that has begun stays one, and a close waits for it. */
	private Executor afterSuspensions(GroupedAsyncRules rules, Class<?> type, Method method, GroupedAsync annotation) {
		return CallbackEnvironment.builder()
			.pool(groups().pool(groupName(rules, annotation)))
			.memberName(label(type, method, annotation))
			.runsLong(annotation.runsLong())
			.build()
			.asExecutorService();
	}

	private String groupName(GroupedAsyncRules rules, GroupedAsync annotation) {
		String name;
		try {
			name = this.values.resolveStringValue(annotation.group());
		}
		catch (RuntimeException ex) {
			throw rules.broken("the name of its group cannot be resolved: " + ex.getMessage(),
					"Define what it refers to, or give a default, as in ${some.key:mail}.", ex);
		}
		if (!StringUtils.hasText(name)) {
			throw rules.broken("it names no group.", "Name one, as in @GroupedAsync(\"mail\"): " + groupsToName());
		}
		return name;
	}

	private CallbackEnvironment.Builder builder(GroupedAsyncRules rules, String group) {
		try {
			return groups().environmentBuilder(group);
		}
		catch (NoSuchGroupException ex) {
			throw rules.broken("there is no cleanup group '" + group + "'.", "Configure it with cleanup-groups.groups."
					+ group + ".on-close=await-then-cancel, or name another: " + groupsToName(), ex);
		}
	}

	private String groupsToName() {
		return groups().names().isEmpty() ? "none is configured under cleanup-groups.groups."
				: "there are " + String.join(", ", groups().names()) + ".";
	}

	private CleanupGroups groups() {
		return this.beanFactory.getBean(CleanupGroups.class);
	}

	/** A lambda and a JDK proxy have no name that says anything. */
	private static String label(Class<?> type, Method method, GroupedAsync annotation) {
		if (StringUtils.hasText(annotation.label())) {
			return annotation.label();
		}
		Class<?> named = (ClassUtils.isLambdaClass(type) || Proxy.isProxyClass(type)) ? declaring(type, method)
				: ClassUtils.getUserClass(type);
		return MemberNames.ofMethod(named, method.getName());
	}

	private static Class<?> declaring(Class<?> type, Method method) {
		for (Class<?> candidate : ClassUtils.getAllInterfacesForClass(type)) {
			if (ClassUtils.hasMethod(candidate, method)) {
				return candidate;
			}
		}
		return method.getDeclaringClass();
	}

}
