package io.github.cleanupgroups.sample;

/**
 * A file or directory that could not be read.
 *
 * @param name what the scan calls it
 * @param reason why not
 */
record FileError(RawPath name, String reason) implements Found, Finding {

}
