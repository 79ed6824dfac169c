package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What a thread runs that was made by {@link MemberThreadFactory}, and which thread that
 * is.
 */
final class MemberThread implements OwnedCallback {

	private final CallbackEnvironment environment;

	private final Runnable task;

	private final CallbackDecorator.@Nullable Decoration decoration;

	private final long madeNanos;

	/** Written by its maker, read by closes and by the thread itself. */
	private volatile @Nullable Thread thread;

	MemberThread(CallbackEnvironment environment, Runnable task) {
		this.environment = environment;
		this.task = task;
		this.decoration = environment.decoration(MemberKind.CALLBACK);
		this.madeNanos = environment.dispatcher().stamp(environment.group());
	}

	CallbackEnvironment environment() {
		return this.environment;
	}

	void isRunBy(Thread made) {
		this.thread = made;
	}

	/**
	 * The thread, if it has been started and has not ended. Unlike getState(), isAlive()
	 * cannot be the user's.
	 */
	@Nullable Thread startedThread() {
		Thread made = this.thread;
		return (made != null && made.isAlive()) ? made : null;
	}

	/** One execution as a one-off. */
	OneOff oneOff() {
		return new OneOff.Furnished(this.environment, null, this, this.madeNanos, this.decoration);
	}

	/**
	 * An execution on the current thread. Unlike one that runs in its submitter it takes
	 * no slot of the group: whoever has made the thread may hold the last one, and wait
	 * for it.
	 */
	RunningCallback execution() {
		RunningCallback execution = new RunningCallback(oneOff(), Thread.currentThread(),
				CallbackThread.current().running);
		execution.setSlotless();
		return execution;
	}

	@Override
	public void run(RunningCallback execution) {
		runTask();
	}

	/** Runs what the thread was made for, as a callback or not. */
	void runTask() {
		this.task.run();
	}

	/** Something other than the task has failed. */
	void report(Throwable failure) {
		this.environment.dispatcher().uncaught(this.environment.memberName(MemberKind.CALLBACK), failure);
	}

	@Override
	public void dropped(MemberCancelledException cancellation) {
		throw new IllegalStateException("a thread is never queued");
	}

	/**
	 * Whoever has started the thread relies on the task, whatever becomes of the group.
	 */
	@Override
	public Retention retention(Retention ofEnvironment) {
		return Retention.ALWAYS;
	}

}
