package io.github.cleanupgroups.sample;

/**
 * How far a scan has come.
 */
enum ScanState {

	/**
	 * It is going on; in the database also after a process was killed that did not live
	 * to write something else.
	 */
	RUNNING,

	/** Everything in the tree is stored. */
	COMPLETED,

	/**
	 * The process ended, or a group was closed, in the middle of it. The next start goes
	 * on with it.
	 */
	INTERRUPTED,

	/** It cannot go on: its root is gone, or nothing can be stored. */
	FAILED

}
