package io.github.cleanupgroups.sample;

/**
 * What a scan has to say about one file, to be stored once.
 */
sealed interface Finding permits HashedFile, FileError {

	/** What the scan calls the file. */
	RawPath name();

}
