package io.github.cleanupgroups.spring.observation;

import io.micrometer.common.KeyValues;

import io.github.cleanupgroups.spring.observation.CallbackObservationDocumentation.HighCardinalityKeyNames;
import io.github.cleanupgroups.spring.observation.CallbackObservationDocumentation.LowCardinalityKeyNames;

/**
 * Calls them {@code cleanup.group.callback}, and their spans after the group and the
 * member.
 *
 * @since 0.1.0
 */
public class DefaultCallbackObservationConvention implements CallbackObservationConvention {

	@Override
	public String getName() {
		return "cleanup.group.callback";
	}

	@Override
	public String getContextualName(CallbackObservationContext context) {
		return context.group() + " " + context.member();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(CallbackObservationContext context) {
		return KeyValues.of(LowCardinalityKeyNames.GROUP.withValue(context.group()),
				LowCardinalityKeyNames.KIND.withValue(context.kind().label()),
				LowCardinalityKeyNames.OUTCOME.withValue(outcome(context)));
	}

	private static String outcome(CallbackObservationContext context) {
		if (!context.hasEnded()) {
			return "unknown";
		}
		return (context.getError() != null) ? "error" : "success";
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(CallbackObservationContext context) {
		return KeyValues.of(HighCardinalityKeyNames.MEMBER.withValue(context.member()));
	}

}
