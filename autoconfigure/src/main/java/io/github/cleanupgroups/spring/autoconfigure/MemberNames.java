package io.github.cleanupgroups.spring.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.ClassUtils;

/**
 * What members are called: {@code Mailer.send} after a method, else after the bean that
 * took the task and the class of the task, {@code mailTaskExecutor.MonthlyReport}. There
 * are as many names as methods and classes, never one for each task.
 */
final class MemberNames {

	private static final String IDENTIFIER = "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*";

	/** A method with its class, as scheduled methods show themselves. */
	private static final Pattern METHOD = Pattern
		.compile("(" + IDENTIFIER + "(?:\\." + IDENTIFIER + ")*)\\.(" + IDENTIFIER + ")");

	/** A class, as {@code Object.toString} shows it. */
	private static final Pattern INSTANCE = Pattern.compile("([^\\s@/]+)(?:/0x\\p{XDigit}+)?@\\p{XDigit}+");

	private MemberNames() {
	}

	static String ofMethod(Class<?> type, String method) {
		return simpleName(type.getName()) + "." + method;
	}

	/**
	 * After the class of a task; of a lambda, after the class that it stands in.
	 * @param bean what has taken the task
	 */
	static String ofTask(String bean, Class<?> task) {
		return ofTask(bean, task.getName());
	}

	private static String ofTask(String bean, String className) {
		return saysNothing(className) ? bean : bean + "." + simpleName(className);
	}

	/**
	 * After the method that a task shows itself as, else after the class of the task.
	 * @param bean what has taken the task
	 */
	static String ofScheduled(String bean, Runnable task) {
		String text = String.valueOf(task);
		Matcher method = METHOD.matcher(text);
		if (method.matches()) {
			return simpleName(method.group(1)) + "." + method.group(2);
		}
		// Spring puts tasks of its own around others, as which they show themselves.
		Matcher instance = INSTANCE.matcher(text);
		return ofTask(bean, instance.matches() ? instance.group(1) : task.getClass().getName());
	}

	/** What is the JDK's own runs something else; proxies are numbered. */
	private static boolean saysNothing(String className) {
		return className.startsWith("java.") || className.contains("$Proxy");
	}

	/** As {@link Class#getSimpleName()}; where that is empty, with what is around it. */
	private static String simpleName(String className) {
		String shortName = ClassUtils.getShortName(className);
		String last = shortName.substring(shortName.lastIndexOf('.') + 1);
		int letter = 0;
		while (letter < last.length() && Character.isDigit(last.charAt(letter))) {
			letter++;
		}
		return (letter < last.length()) ? last.substring(letter) : shortName;
	}

}
