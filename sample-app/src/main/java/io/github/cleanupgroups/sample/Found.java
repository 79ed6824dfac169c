package io.github.cleanupgroups.sample;

/**
 * What a walk comes upon and a scan has to deal with.
 */
sealed interface Found permits FoundFile, FileError {

	/** What the scan calls it. */
	RawPath name();

}
