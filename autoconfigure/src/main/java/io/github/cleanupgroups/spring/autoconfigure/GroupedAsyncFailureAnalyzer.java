package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says what is wrong with an annotation, and what to do. Before the analyzers of causes:
 * they know neither bean nor method.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class GroupedAsyncFailureAnalyzer extends AbstractFailureAnalyzer<InvalidGroupedAsyncException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidGroupedAsyncException cause) {
		return new FailureAnalysis(cause.description(), cause.action(), cause);
	}

}
