package io.github.cleanupgroups;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One execution of a callback, as it was when {@link CleanupGroup#runningCallbacks()} was
 * called. Two of them are equal if they are of the same execution. Thread-safe. Keep one
 * for as long as the execution lasts, not longer: it refers to the member.
 *
 * @since 0.1.0
 */
public interface CallbackSnapshot {

	/**
	 * What kind of member it belongs to.
	 * @return the member's kind
	 */
	MemberKind kind();

	/**
	 * What the member is called ({@link CallbackEnvironment.Builder#memberName(String)}).
	 * @return the member's name
	 */
	String name();

	/**
	 * How long it had been running. Good to about a millisecond, and some where all
	 * processors are busy, for in a busy pool starts are stamped by a clock that ticks as
	 * often, unless a {@link CleanupGroupListener} hears of the group's callbacks.
	 * @return zero or more
	 */
	Duration runningFor();

	/**
	 * Which thread it runs on, now.
	 * @return the thread's name; null once the callback has returned, also where it goes
	 * on as a stage ({@link CallbackEnvironment#submitAsync})
	 */
	@Nullable String thread();

	/**
	 * Where its thread stands, now. Stops that thread for a moment.
	 * @return innermost frame first; empty where it has no thread any more
	 */
	List<StackTraceElement> stack();

}
