package io.github.cleanupgroups.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackDecorator.Decoration;
import io.github.cleanupgroups.CallbackDecorator.Execution;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.spring.CleanupGroupDecorator;

/**
 * Observes every callback, as a child of what the submitter was observed in. What is
 * cancelled has not begun, and is not observed.
 */
final class CallbackObservations implements CleanupGroupDecorator {

	private static final Log logger = LogFactory.getLog(CallbackObservations.class);

	private static final CallbackObservationConvention DEFAULT = new DefaultCallbackObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable CallbackObservationConvention convention;

	CallbackObservations(ObservationRegistry registry, @Nullable CallbackObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public @Nullable Decoration decorate(CleanupGroup group, MemberKind kind, String name) {
		if (this.registry.isNoop()) {
			return null;
		}
		return new Observed(group.name(), kind, name, this.registry.getCurrentObservation());
	}

	private final class Observed implements Decoration {

		private final String group;

		private final MemberKind kind;

		private final String member;

		private final @Nullable Observation parent;

		Observed(String group, MemberKind kind, String member, @Nullable Observation parent) {
			this.group = group;
			this.kind = kind;
			this.member = member;
			this.parent = parent;
		}

		@Override
		public void run(Execution execution) {
			Observation.Scope scope = begin(execution);
			if (scope == null) {
				execution.proceed();
				return;
			}
			try (scope) {
				execution.proceed();
			}
		}

		/** A handler that throws must not keep the callback from running. */
		private Observation.@Nullable Scope begin(Execution execution) {
			try {
				CallbackObservationContext context = new CallbackObservationContext(this.group, this.kind, this.member);
				Observation observation = Observation.createNotStarted(CallbackObservations.this.convention, DEFAULT,
						() -> context, CallbackObservations.this.registry);
				if (this.parent != null) {
					observation.parentObservation(this.parent);
				}
				observation.start();
				execution.whenEnded((failure) -> end(observation, context, failure));
				return observation.openScope();
			}
			catch (RuntimeException ex) {
				logger.warn(
						"Callback of '" + this.member + "' in cleanup group '" + this.group + "' could not be observed",
						ex);
				return null;
			}
		}

		private static void end(Observation observation, CallbackObservationContext context,
				@Nullable Throwable failure) {
			if (failure != null) {
				observation.error(failure);
			}
			context.end();
			observation.stop();
		}

		@Override
		public void tellOwner(Runnable notice) {
			notice.run();
		}

	}

}
