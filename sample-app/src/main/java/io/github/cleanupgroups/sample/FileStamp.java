package io.github.cleanupgroups.sample;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * By which a change of a file shows.
 *
 * @param bytes its size
 * @param modifiedMicros when it was last modified, in microseconds since 1970: a number,
 * because file systems know times that databases do not
 */
record FileStamp(long bytes, long modifiedMicros) {

	static FileStamp of(BasicFileAttributes attributes) {
		return new FileStamp(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS));
	}

}
