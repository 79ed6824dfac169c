package io.github.cleanupgroups;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * What a thread is doing for the library at this moment: how a call knows that it comes
 * from inside a callback. All fields belong to the thread itself.
 */
class CallbackThread {

	private static final ThreadLocal<CallbackThread> CURRENT = new ThreadLocal<>();

	/**
	 * The innermost callback that runs on this thread; {@link RunningCallback#outer}
	 * leads to those around it.
	 */
	@Nullable RunningCallback running;

	/** What this thread is telling somebody at this moment, innermost first. */
	private @Nullable Telling telling;

	static CallbackThread current() {
		CallbackThread current = CURRENT.get();
		if (current == null) {
			current = new CallbackThread();
			CURRENT.set(current);
		}
		return current;
	}

	/** Makes this the current thread's. */
	final void enter() {
		CURRENT.set(this);
	}

	/** Forgets about a thread of the user's that does nothing for the library now. */
	final void leaveIfUnused() {
		if (this.running == null && this.telling == null && !(this instanceof Worker)) {
			CURRENT.remove();
		}
	}

	static void leave() {
		CURRENT.remove();
	}

	/**
	 * The innermost generation of this group that has a callback running on the current
	 * thread.
	 */
	static @Nullable Generation generationAround(CleanupGroup group) {
		for (RunningCallback running = runningOrNull(); running != null; running = running.outer()) {
			if (running.lane().generation.group == group) {
				return running.lane().generation;
			}
		}
		return null;
	}

	/** The group of the innermost callback that has one. */
	static @Nullable CleanupGroup groupAround() {
		for (RunningCallback running = runningOrNull(); running != null; running = running.outer()) {
			if (running.lane().generation.group != null) {
				return running.lane().generation.group;
			}
		}
		return null;
	}

	/** Whether a callback of this generation runs on the current thread. */
	static boolean isInside(Generation generation) {
		for (RunningCallback running = runningOrNull(); running != null; running = running.outer()) {
			if (running.lane().generation == generation) {
				return true;
			}
		}
		return false;
	}

	/** Whether a callback of this pool runs on the current thread. */
	static boolean isInside(Dispatcher dispatcher) {
		for (RunningCallback running = runningOrNull(); running != null; running = running.outer()) {
			if (running.lane().dispatcher == dispatcher) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a callback of this member, not disassociated, runs on the current thread.
	 */
	static boolean isInside(Entry entry) {
		for (RunningCallback running = runningOrNull(); running != null; running = running.outer()) {
			if (running.entry() == entry && !running.isDisassociated()) {
				return true;
			}
		}
		return false;
	}

	/** Whether a callback of such an entry runs on the current thread. */
	static boolean isInside(Predicate<Entry> entries) {
		for (RunningCallback running = runningOrNull(); running != null; running = running.outer()) {
			if (entries.test(running.entry())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Runs code of the user's that a close of this group waits for: meanwhile that close
	 * must not be waited for on this thread.
	 */
	static void tell(@Nullable CleanupGroup group, Runnable code) {
		if (group == null) {
			code.run();
			return;
		}
		CallbackThread current = current();
		Telling outer = current.beginTelling(group);
		try {
			code.run();
		}
		finally {
			current.endTelling(outer);
		}
	}

	/**
	 * As {@link #tell}, for what happens at every callback: the code is the caller's.
	 * @return what to end it with
	 */
	final @Nullable Telling beginTelling(CleanupGroup group) {
		Telling outer = this.telling;
		this.telling = (outer != null) ? new Telling(group, outer) : group.telling();
		return outer;
	}

	final void endTelling(@Nullable Telling outer) {
		this.telling = outer;
		leaveIfUnused();
	}

	/** Whether the current thread runs {@linkplain #tell such code} for this group. */
	static boolean isTelling(CleanupGroup group) {
		CallbackThread current = CURRENT.get();
		for (Telling each = (current != null) ? current.telling : null; each != null; each = each.outer()) {
			if (each.group() == group) {
				return true;
			}
		}
		return false;
	}

	private static @Nullable RunningCallback runningOrNull() {
		CallbackThread current = CURRENT.get();
		return (current != null) ? current.running : null;
	}

	/** That a group's owners or listeners are being told. */
	record Telling(CleanupGroup group, @Nullable Telling outer) {
	}

}
