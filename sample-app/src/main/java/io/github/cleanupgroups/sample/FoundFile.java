package io.github.cleanupgroups.sample;

import java.nio.file.Path;

/**
 * A regular file that a walk has come upon.
 *
 * @param name what the scan calls it
 * @param path where it is
 * @param stamp how it looked
 */
record FoundFile(RawPath name, Path path, FileStamp stamp) implements Found {

}
