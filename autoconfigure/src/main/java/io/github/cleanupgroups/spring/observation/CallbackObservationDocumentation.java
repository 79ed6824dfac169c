package io.github.cleanupgroups.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of cleanup groups.
 *
 * @since 0.1.0
 */
public enum CallbackObservationDocumentation implements ObservationDocumentation {

	/**
	 * One callback of a member, from its start to its end; to the completion of its
	 * future, where it goes on as one.
	 */
	CALLBACK {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultCallbackObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return LowCardinalityKeyNames.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeyNames.values();
		}

		@Override
		public String getPrefix() {
			return "cleanup.group";
		}

	};

	/**
	 * Keys with few values, fit for the tags of meters.
	 */
	public enum LowCardinalityKeyNames implements KeyName {

		/** Name of the group. */
		GROUP("group"),

		/** Kind of the member: work, timer, wait, io or callback. */
		KIND("kind"),

		/** What has become of it: success or error, and unknown while it runs. */
		OUTCOME("outcome");

		private final String key;

		LowCardinalityKeyNames(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys with many values, fit for spans only.
	 */
	public enum HighCardinalityKeyNames implements KeyName {

		/** Name of the member. */
		MEMBER("member");

		private final String key;

		HighCardinalityKeyNames(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
