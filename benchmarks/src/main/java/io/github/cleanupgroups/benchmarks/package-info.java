/**
 * This library and its rivals, measured in the same run. {@code Benchmarks} runs all; the
 * classes named {@code ...Benchmark} ask one question each.
 */
@NullMarked
package io.github.cleanupgroups.benchmarks;

import org.jspecify.annotations.NullMarked;
