package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;

import io.github.cleanupgroups.spring.GroupedAsync;

/**
 * What a grouped method has to be. Checked when a bean is created: at a call it would be
 * too late, and a method that no proxy can intercept would silently run in its caller.
 */
final class GroupedAsyncRules {

	private static final Set<Class<?>> FUTURES = Set.of(Future.class, CompletableFuture.class, CompletionStage.class);

	private static final String TRANSACTIONS = "org.springframework.transaction.support.TransactionSynchronizationManager";

	private static final String COROUTINES = "kotlinx.coroutines.reactor.MonoKt";

	private static final String KOTLIN_REFLECTION = "kotlin.reflect.full.KClasses";

	private final String beanName;

	private final Class<?> type;

	private final Method method;

	private final GroupedAsync annotation;

	GroupedAsyncRules(String beanName, Class<?> type, Method method, GroupedAsync annotation) {
		this.beanName = beanName;
		this.type = type;
		this.method = method;
		this.annotation = annotation;
	}

	void check() {
		int modifiers = this.method.getModifiers();
		if (Modifier.isStatic(modifiers)) {
			throw broken("the method is static, so that no proxy can intercept it.",
					"Make it an instance method, or take the annotation away.");
		}
		if (Modifier.isPrivate(modifiers)) {
			throw broken("the method is private, so that no proxy can intercept it.",
					"Make it public, or take the annotation away.");
		}
		if (Modifier.isFinal(modifiers)) {
			throw broken("the method is final, so that no proxy can intercept it.",
					"Make it non-final, or " + withoutTheAnnotation());
		}
		checkResult();
		if (isAsync(this.method) || isAsync(ClassUtils.getUserClass(this.type))) {
			throw broken("@Async applies to it as well, and would hand each call to a second executor.",
					"Remove one of the two annotations: @GroupedAsync needs no @Async, and @Async(\"<group>\") alone"
							+ " also joins the group.");
		}
		if (this.annotation.priority().length > 1) {
			throw broken("it has " + this.annotation.priority().length + " priorities.",
					"Give at most one, as in priority = Priority.HIGH.");
		}
		checkTransactions();
	}

	private void checkResult() {
		if (suspends(this.method)) {
			if (!ClassUtils.isPresent(COROUTINES, null) || !ClassUtils.isPresent(KOTLIN_REFLECTION, null)) {
				throw broken("Spring cannot call suspending functions here.",
						"Add org.jetbrains.kotlinx:kotlinx-coroutines-reactor and org.jetbrains.kotlin:kotlin-reflect, or "
								+ withoutTheAnnotation());
			}
			return;
		}
		if (!returnsNothing(this.method) && !FUTURES.contains(this.method.getReturnType())
				&& !returnsPublisher(this.method)) {
			throw broken("its return type is " + this.method.getReturnType().getTypeName() + ".",
					"Let it return void, Future, CompletableFuture, CompletionStage, Mono or Flux, or "
							+ withoutTheAnnotation());
		}
	}

	private void checkTransactions() {
		if (this.annotation.afterCommit() && suspends(this.method)) {
			throw broken("it suspends its caller, who may be the one to commit, and so cannot wait for that.",
					"Remove afterCommit, or let it return a CompletableFuture.");
		}
		if (this.annotation.afterCommit() && returnsPublisher(this.method)) {
			throw broken("a publisher is called when it is subscribed to, and cannot wait for a commit.",
					"Remove afterCommit, or let it return a CompletableFuture.");
		}
		if (this.annotation.afterCommit() && !ClassUtils.isPresent(TRANSACTIONS, null)) {
			throw broken("it is to wait for commits, but there is no spring-tx.",
					"Add org.springframework:spring-tx, or remove afterCommit.");
		}
	}

	private static boolean isAsync(AnnotatedElement element) {
		return AnnotatedElementUtils.hasAnnotation(element, Async.class);
	}

	static boolean returnsNothing(Method method) {
		Class<?> type = method.getReturnType();
		return type == void.class || type.getName().equals("kotlin.Unit");
	}

	/** A suspending function of Kotlin, which Spring shows as a publisher. */
	static boolean suspends(Method method) {
		return KotlinDetector.isSuspendingFunction(method);
	}

	/** Only for one that suspends. */
	static boolean returnsFlow(Method method) {
		return new MethodParameter(method, -1).getParameterType().getName().equals("kotlinx.coroutines.flow.Flow");
	}

	/** Whether each subscription to what it returns is a call. */
	static boolean returnsPublisher(Method method) {
		return returnsOneAtMost(method) || method.getReturnType().getName().equals("reactor.core.publisher.Flux");
	}

	static boolean returnsOneAtMost(Method method) {
		return method.getReturnType().getName().equals("reactor.core.publisher.Mono");
	}

	/** A type's annotation cannot be taken off one of its methods. */
	private String withoutTheAnnotation() {
		return AnnotatedElementUtils.hasAnnotation(this.method, GroupedAsync.class) ? "take the annotation away."
				: "annotate the methods that should be grouped instead of the type.";
	}

	InvalidGroupedAsyncException broken(String problem, String action) {
		return broken(problem, action, null);
	}

	InvalidGroupedAsyncException broken(String problem, String action, @Nullable Throwable cause) {
		return new InvalidGroupedAsyncException(
				"@GroupedAsync(\"" + this.annotation.group() + "\") cannot work on " + signature() + " of bean '"
						+ this.beanName + "', class " + ClassUtils.getUserClass(this.type).getName() + ": " + problem,
				action, cause);
	}

	private String signature() {
		return this.method.getName() + Arrays.stream(this.method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", ", "(", ")"));
	}

}
