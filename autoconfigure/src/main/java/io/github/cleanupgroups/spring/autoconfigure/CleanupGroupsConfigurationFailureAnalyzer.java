package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which keys are wrong, and the way out.
 */
final class CleanupGroupsConfigurationFailureAnalyzer
		extends AbstractFailureAnalyzer<CleanupGroupsConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, CleanupGroupsConfigurationException cause) {
		return new FailureAnalysis(cause.description(), cause.action(), cause);
	}

}
