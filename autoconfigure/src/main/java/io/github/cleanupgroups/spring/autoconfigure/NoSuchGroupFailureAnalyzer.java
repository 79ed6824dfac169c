package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.cleanupgroups.spring.NoSuchGroupException;

/**
 * Says which group is missing, and where one is configured.
 */
final class NoSuchGroupFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchGroupException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchGroupException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Configure the group under cleanup-groups.groups." + cause.group() + ", or correct the name.", cause);
	}

}
