package io.github.cleanupgroups.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * How observed callbacks are called, and which keys they have. A bean of this type
 * replaces the {@link DefaultCallbackObservationConvention}.
 *
 * @since 0.1.0
 */
public interface CallbackObservationConvention extends ObservationConvention<CallbackObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof CallbackObservationContext;
	}

}
