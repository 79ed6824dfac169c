package io.github.cleanupgroups.spring.autoconfigure;

/**
 * What is wrong with the configuration, and the way out; both are sentences.
 */
record Problem(String description, String action) {
}
