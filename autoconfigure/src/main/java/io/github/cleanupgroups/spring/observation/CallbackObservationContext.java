package io.github.cleanupgroups.spring.observation;

import io.micrometer.observation.Observation;

import io.github.cleanupgroups.MemberKind;

/**
 * What is known of an observed callback.
 *
 * @since 0.1.0
 */
public final class CallbackObservationContext extends Observation.Context {

	private final String group;

	private final MemberKind kind;

	private final String member;

	/** Written by the thread that ends the observation, before it does. */
	private volatile boolean ended;

	CallbackObservationContext(String group, MemberKind kind, String member) {
		this.group = group;
		this.kind = kind;
		this.member = member;
	}

	/**
	 * Which group the callback belongs to.
	 * @return the group's name
	 */
	public String group() {
		return this.group;
	}

	/**
	 * What kind of member it belongs to.
	 * @return the member's kind
	 */
	public MemberKind kind() {
		return this.kind;
	}

	/**
	 * Which member it belongs to: of a grouped method, its label.
	 * @return the member's name
	 */
	public String member() {
		return this.member;
	}

	/**
	 * Whether it has ended, well or with the {@linkplain #getError() error}.
	 * @return false while it runs
	 */
	public boolean hasEnded() {
		return this.ended;
	}

	void end() {
		this.ended = true;
	}

}
