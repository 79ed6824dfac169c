package io.github.cleanupgroups.spring.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.StringUtils;

/**
 * How beans are named after groups and pools: {@code order-mail} gives
 * {@code orderMailCleanupGroup}.
 */
final class GroupNames {

	static final String GROUP = "CleanupGroup";

	static final String TASK_EXECUTOR = "TaskExecutor";

	static final String POOL = "ThreadPool";

	private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

	private GroupNames() {
	}

	static String beanName(String name, String suffix) {
		return camelCase(name) + suffix;
	}

	/** Empty where the name has neither letter nor digit. */
	static String camelCase(String name) {
		StringBuilder bean = new StringBuilder();
		Matcher words = WORD.matcher(name);
		while (words.find()) {
			String word = words.group();
			bean.append(bean.isEmpty() ? StringUtils.uncapitalize(word) : StringUtils.capitalize(word));
		}
		return bean.toString();
	}

}
