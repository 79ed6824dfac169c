package io.github.cleanupgroups;

/**
 * The callback of a one-off that somebody holds a future of.
 */
interface OwnedCallback extends Callback {

	/** It was dropped before it started: completes the future. No lock is held. */
	void dropped(MemberCancelledException cancellation);

	/** Which closes drop it, where its environment says {@code ofEnvironment}. */
	default Retention retention(Retention ofEnvironment) {
		return ofEnvironment;
	}

}
