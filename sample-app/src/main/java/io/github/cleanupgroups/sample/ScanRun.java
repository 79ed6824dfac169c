package io.github.cleanupgroups.sample;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * A scan in progress: how much of it is under way, and whether and why it is over.
 * Thread-safe.
 *
 * <p>
 * No more files than its share of the {@link #WINDOW} are anywhere between being found
 * and being stored. The walk takes a step when half of the share is free, and that many
 * directory entries: it never holds a thread to wait for room, and a tree of a million
 * files puts no more into memory than one of a thousand.
 */
final class ScanRun {

	/**
	 * Enough to keep the groups busy and to make a store transaction worth its while. All
	 * scans share it.
	 */
	static final int WINDOW = 256;

	private final Scan scan;

	private final TreeWalk walk;

	private final boolean resumed;

	/**
	 * Whether a step of the walk has been asked for that has not ended. Guarded by this.
	 */
	private boolean walking;

	/** Whether the whole tree has been walked. Guarded by this. */
	private boolean walked;

	/** Files that were found and have not {@linkplain #leave() left}. Guarded by this. */
	private int underWay;

	/** What makes it stop early. Guarded by this. */
	private @Nullable Throwable stopped;

	/** Guarded by this. */
	private boolean over;

	ScanRun(Scan scan, ScanRoot root, boolean resumed) throws IOException {
		this.scan = scan;
		this.walk = new TreeWalk(root);
		this.resumed = resumed;
	}

	Scan scan() {
		return this.scan;
	}

	/** To be used in a step only. */
	TreeWalk walk() {
		return this.walk;
	}

	/** Whether an earlier process has stored a part of it. */
	boolean isResumed() {
		return this.resumed;
	}

	/**
	 * Begins a step of the walk if it is time for one.
	 * @param share how many files may be under way
	 * @return how many files it may find; 0 if it is not time
	 */
	synchronized int beginStep(int share) {
		if (this.walking || this.walked || this.stopped != null || this.underWay > share / 2) {
			return 0;
		}
		this.walking = true;
		return share - this.underWay;
	}

	/** The step has found files, which are under way from now on. */
	synchronized void endStep(int found) {
		this.walking = false;
		this.underWay += found;
		this.walked = this.walk.isDone();
	}

	/** A file is stored, or will not be. */
	synchronized void leave() {
		this.underWay--;
	}

	/** Finds nothing more. The first reason counts. */
	synchronized void stop(Throwable why) {
		if (this.stopped == null) {
			this.stopped = why;
		}
	}

	/**
	 * Ends it if nothing is under way any more.
	 * @return true once, for the one who has to see to the end
	 */
	synchronized boolean end() {
		if (this.over || this.walking || this.underWay > 0 || !(this.walked || this.stopped != null)) {
			return false;
		}
		this.over = true;
		this.walk.close();
		return true;
	}

	/** What made it stop early; null if nothing did. */
	synchronized @Nullable Throwable stopped() {
		return this.stopped;
	}

	@Override
	public String toString() {
		return "scan " + this.scan.id() + " of '" + this.scan.root() + "'";
	}

}
