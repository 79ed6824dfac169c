package io.github.cleanupgroups.sample;

/**
 * A file that was read.
 *
 * @param name what the scan calls it
 * @param sha256 its hash, in hexadecimal
 * @param stamp how it looked when it was found, but with the size that was hashed
 */
record HashedFile(RawPath name, String sha256, FileStamp stamp) implements Finding {

}
