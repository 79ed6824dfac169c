package io.github.cleanupgroups;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What tests of closing a group start from: a group of two threads, on a clock that the
 * test moves.
 */
@Timeout(60)
abstract class GroupFixture {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	final ManualTimeSource time = new ManualTimeSource();

	final ThreadPool pool = pool(2);

	final CleanupGroup group = group("mail");

	final ThreadPool pool(int maxThreads) {
		return this.engine.pool(ThreadPool.builder("pool").maxThreads(maxThreads).timeSource(this.time));
	}

	final CleanupGroup group(String name) {
		return group(CleanupGroup.builder(name));
	}

	final CleanupGroup group(CleanupGroup.Builder builder) {
		return this.engine.group(builder.timeSource(this.time));
	}

	final CallbackEnvironment.Builder environment() {
		return environment(this.group);
	}

	final CallbackEnvironment.Builder environment(CleanupGroup of) {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(of);
	}

	/** A one-off of the group that runs now and until the gate opens. */
	final Gate runningOneOff() throws Exception {
		return runningOneOff(environment().memberName("running").build());
	}

	/** A one-off that runs now and until the gate opens. */
	final Gate runningOneOff(CallbackEnvironment environment) throws Exception {
		Gate gate = this.engine.gate();
		environment.submit(null, gate);
		gate.awaitArrival();
		return gate;
	}

	/**
	 * Leaves the pool no thread for what is submitted next; its callbacks have no group.
	 */
	final Gate busyPool() throws Exception {
		return busy(this.pool);
	}

	final Gate busy(ThreadPool saturated) throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment strangers = CallbackEnvironment.builder().pool(saturated).build();
		int threads = saturated.stats().maxThreads() - saturated.stats().activeThreads();
		for (int i = 0; i < threads; i++) {
			strangers.submit(null, gate);
		}
		gate.awaitArrivals(threads);
		return gate;
	}

	/** Closes the group's members on another thread, and returns once that one waits. */
	final CloseCall closingMembers(CloseOptions options) {
		return closingMembers(this.group, options);
	}

	final CloseCall closingMembers(CleanupGroup of, CloseOptions options) {
		return CloseCall.start(this.engine, () -> of.closeMembers(options)).awaitWaiting();
	}

	static void nothing(CallbackInstance instance) {
	}

}
